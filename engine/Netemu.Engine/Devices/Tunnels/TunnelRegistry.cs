using System;
using System.Collections.Generic;
using Netemu.Core.Wire;
using Netemu.Engine.Devices.Vxlan;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Devices.Tunnels;

/// <summary>
/// The tunnels whose outer packets belong to one namespace, by what they run over: protocols 4, 41 and 47, and UDP ports.
/// A device keeps its registry when it moves to another namespace (tunnel->net, vxlan->net).
/// </summary>
public sealed class TunnelRegistry
{
    private readonly SortedDictionary<ushort, VxlanSocket> _vxlan = [];

    internal TunnelRegistry(NetworkNamespace space) => Namespace = space;

    public NetworkNamespace Namespace { get; }

    internal TunnelTable Ipip { get; } = new();

    internal TunnelTable Gre { get; } = new();

    internal TunnelTable Gretap { get; } = new();

    internal TunnelTable Sit { get; } = new();

    /// <summary>The socket of a VXLAN port, made with the first device that names it.</summary>
    internal VxlanSocket Vxlan(ushort port)
    {
        if (!_vxlan.TryGetValue(port, out VxlanSocket? socket))
        {
            socket = new VxlanSocket(Namespace, port);
            _vxlan.Add(port, socket);
        }

        return socket;
    }

    /// <summary>An outer packet of a tunnel protocol for this namespace. Takes ownership.</summary>
    internal void Receive(Frame frame, NetDevice device, IPProtocol protocol)
    {
        IPv4Header outer = new(frame.Bytes[IPv4Stack.NetworkOffset..]);
        GreHeader gre = default;
        TunnelTable table;
        switch (protocol)
        {
            case IPProtocol.IPv4:
                table = Ipip;
                break;
            case IPProtocol.IPv6:
                table = Sit;
                break;
            default:
                if (!GreHeader.TryParse(outer.Payload, out gre))
                {
                    Namespace.Drop(frame, DropReason.MalformedFrame);
                    return;
                }

                table = gre.Protocol == EtherType.TransparentEthernet ? Gretap : Gre;
                break;
        }

        IPTunnelDevice? tunnel = table.Find(device, outer.Source, outer.Destination, gre.HasKey ? gre.Key : null);
        if (tunnel is null)
        {
            // tunnel4_rcv, gre_rcv: nobody wants it.
            Namespace.IPv4.Icmp.SendError(frame, IcmpType.DestinationUnreachable, IcmpCode.PortUnreachable, 0);
            Namespace.Drop(frame, DropReason.TunnelNoMatch);
            return;
        }

        tunnel.Unwrap(frame, outer.HeaderLength, outer.TrafficClass, gre);
    }

    /// <summary>An ICMP error about an outer packet; quotes from its IPv4 header on (ipip_err, gre_err, ipip6_err).</summary>
    internal void Error(Span<byte> quoted, IcmpType type, byte code)
    {
        IPv4Header outer = new(quoted);
        TunnelTable table = Ipip;
        uint? key = null;
        if (outer.Protocol == IPProtocol.IPv6)
        {
            table = Sit;
        }
        else if (outer.Protocol == IPProtocol.Gre)
        {
            // Eight bytes are all that a router must quote: a key may be missing, and then only keyless tunnels match.
            if (!GreHeader.TryParse(quoted[outer.HeaderLength..], out GreHeader gre))
            {
                return;
            }

            table = gre.Protocol == EtherType.TransparentEthernet ? Gretap : Gre;
            key = gre.HasKey ? gre.Key : null;
        }

        table.Find(outer.Destination, outer.Source, key)?.NoteError(quoted, outer.HeaderLength, type, code);
    }
}
