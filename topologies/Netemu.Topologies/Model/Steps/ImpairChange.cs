namespace Netemu.Topologies.Model.Steps;

/// <summary>Replaces what the sender at one end, or both ends of a link, does to frames.</summary>
public sealed class ImpairChange : StepAction
{
    public override string Kind => "impair";

    public DeviceRef? Endpoint { get; internal set; }

    /// <summary>The link's name, or null where an end is given.</summary>
    public string? Name { get; internal set; }

    /// <summary>For the given end, or for the named link's first end; null removes the impairment.</summary>
    public ImpairSpec? Impair { get; internal set; }

    /// <summary>For the named link's second end.</summary>
    public ImpairSpec? ImpairB { get; internal set; }

    /// <summary>True where 'a' and 'b' say what each end does; an end of which they say nothing stays as it is.</summary>
    public bool IsPerEnd { get; internal set; }
}
