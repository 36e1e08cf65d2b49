using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>A range of addresses whose sessions are accepted.</summary>
public sealed class BgpListenSpec : Spec
{
    public InternetPrefix Peers { get; internal set; }

    /// <summary>The peers' AS; null takes any.</summary>
    public uint? Asn { get; internal set; }

    /// <summary>The most sessions at a time.</summary>
    public int? Limit { get; internal set; }

    /// <summary>The settings of such sessions, without an address.</summary>
    public BgpNeighborSpec Template { get; internal set; } = new();
}
