namespace Netemu.Topologies.Model;

/// <summary>What goes into the pcapng file. Exactly one selector is set.</summary>
public sealed class CaptureSpec : Spec
{
    public bool All { get; internal set; }

    /// <summary>One device, both directions. Commands may create it later.</summary>
    public DeviceRef? Device { get; internal set; }

    /// <summary>Every device of a node.</summary>
    public string? Node { get; internal set; }

    /// <summary>Every device of a namespace.</summary>
    public EndpointRef? Namespace { get; internal set; }

    /// <summary>A link by its name, both directions as its first end sees them.</summary>
    public string? LinkName { get; internal set; }

    /// <summary>A link by one of its ends.</summary>
    public DeviceRef? LinkEnd { get; internal set; }

    /// <summary>How many bytes of each frame are kept; null for all.</summary>
    public int? SnapLength { get; internal set; }
}
