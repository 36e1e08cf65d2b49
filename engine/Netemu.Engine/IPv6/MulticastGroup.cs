using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Engine.IPv6;

/// <summary>A group that a device listens to (ifmcaddr6), with what is still to be said of it.</summary>
internal sealed class MulticastGroup(IPv6Address address)
{
    public IPv6Address Address { get; } = address;

    /// <summary>How many want it: addresses, sockets, the interface itself.</summary>
    public int Users { get; set; }

    /// <summary>How many more reports of the change are to be sent (mca_crcount).</summary>
    public int Changes { get; set; }

    /// <summary>Nobody wants it any more; the object stays until that has been reported.</summary>
    public bool IsLeft => Users == 0;

    /// <summary>A version 1 report, or an answer to a query for this group, is due then; never for none.</summary>
    public SimTime Due { get; set; } = SimTime.Never;

    /// <summary>Neither all nodes nor what does not leave the node is reported (MAF_NOREPORT; RFC 3810 section 6).</summary>
    public bool IsReported => Address != IPv6Address.AllNodes && Address.MulticastScope >= 2;
}
