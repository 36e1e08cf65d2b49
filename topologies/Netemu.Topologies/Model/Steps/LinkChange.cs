using Netemu.Core.Time;

namespace Netemu.Topologies.Model.Steps;

/// <summary>Takes a link down or up at one end, or changes its delay or rate.</summary>
public sealed class LinkChange : StepAction
{
    public override string Kind => "link";

    /// <summary>One end, or null where the link is named.</summary>
    public DeviceRef? Endpoint { get; internal set; }

    /// <summary>The link's name, or null where an end is given.</summary>
    public string? Name { get; internal set; }

    public bool? Up { get; internal set; }

    public Duration? Delay { get; internal set; }

    public BitRate? Rate { get; internal set; }
}
