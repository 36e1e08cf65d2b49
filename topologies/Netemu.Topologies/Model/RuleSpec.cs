using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>A policy rule in the words of <c>ip rule add</c>.</summary>
public sealed class RuleSpec : Spec
{
    public AddressFamily Family { get; internal set; } = AddressFamily.IPv4;

    /// <summary>The preference; null takes the next one below the lowest, as ip does.</summary>
    public uint? Priority { get; internal set; }

    public InternetPrefix? From { get; internal set; }

    public InternetPrefix? To { get; internal set; }

    public uint? Mark { get; internal set; }

    public uint MarkMask { get; internal set; } = uint.MaxValue;

    public string? InputDevice { get; internal set; }

    public string? OutputDevice { get; internal set; }

    public int? Tos { get; internal set; }

    public int? Protocol { get; internal set; }

    public PortRange? SourcePorts { get; internal set; }

    public PortRange? DestinationPorts { get; internal set; }

    public bool Invert { get; internal set; }

    public RuleAction Action { get; internal set; } = RuleAction.Lookup;

    /// <summary>The priority of the rule to go on with; null for any other action.</summary>
    public uint? GotoPriority { get; internal set; }

    public uint Table { get; internal set; } = RouteSpec.MainTable;

    /// <summary>Routes with a prefix this short or shorter do not count.</summary>
    public int? SuppressPrefixLength { get; internal set; }

    internal AddressFamily? StatedFamily { get; set; }
}
