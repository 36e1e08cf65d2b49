using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Evaluation;

/// <summary>The first packet of a connection, or a packet of one, as policy sees it: addresses after DNAT.</summary>
public sealed record Flow(InternetAddress Source, InternetAddress Destination, IPProtocol Protocol)
{
    public int SourcePort { get; init; }

    public int DestinationPort { get; init; }

    public int IcmpType { get; init; } = 8;

    public int IcmpCode { get; init; }

    public ConnectionState State { get; init; }

    public AddressFamily Family => Destination.Family;
}
