using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Devices.Tunnels;

/// <summary>
/// IPv6 in IPv4 (RFC 4213, net/ipv6/sit.c). Without a far end it goes by the packet: the address inside a 6to4 destination
/// (2002::/16, RFC 3056), else that of an IPv4-compatible next hop (::a.b.c.d).
/// </summary>
public sealed class SitDevice : IPTunnelDevice
{
    public const string FallbackName = "sit0";

    /// <summary>The least MTU of IPv6 (RFC 8200 section 5): below it the outer packet is fragmented instead.</summary>
    private const int LeastMtu = 1280;

    private SitDevice(NetworkNamespace space, string name, IPTunnelOptions options, bool isFallback)
        : base(space, name, default, options, space.Tunnels.Sit, 0, isFallback)
    {
    }

    public override string Kind => "sit";

    private protected override IPProtocol Protocol => IPProtocol.IPv6;

    /// <summary>Makes a tunnel; null with EEXIST if there is one with these ends.</summary>
    public static SitDevice? Create(NetworkNamespace space, string name, IPTunnelOptions options, out Errno error)
    {
        error = Errno.None;
        bool endless = options.Remote.IsUnspecified && options.Local.IsUnspecified;
        bool isFallback = endless && name == FallbackName;
        if (!isFallback && (endless || space.Tunnels.Sit.Exists(options)))
        {
            error = Errno.EEXIST;
            return null;
        }

        return new SitDevice(space, name, isFallback ? options with { PathMtuDiscovery = false } : options, isFallback);
    }

    private protected override bool Carries(ushort type) => type == EtherType.IPv6;

    private protected override ushort InnerType(in GreHeader gre) => EtherType.IPv6;

    private protected override bool TellsNoRoute => true;

    /// <summary>
    /// packet_is_spoofed: a tunnel without a fixed far end takes 6to4 addresses only from, and for, the IPv4 address that they
    /// hold (RFC 3964 section 5). What another's NAT has translated on its way here is told by the device's own prefix (only_dnatted).
    /// </summary>
    private protected override bool IsPlausible(Span<byte> inner, IPv4Address source, IPv4Address destination)
    {
        if (!Options.Remote.IsUnspecified || inner.Length < IPv6Header.Size)
        {
            return true;
        }

        IPv6Header packet = new(inner);
        return !Contradicts(packet.Source, source)
            && (!Contradicts(packet.Destination, destination) || HasPrefixOf(packet.Destination));
    }

    private static bool Contradicts(IPv6Address address, IPv4Address outer) =>
        TryReadEmbedded(address, out IPv4Address embedded) && embedded != outer;

    /// <summary>try_6rd with its default prefix: the IPv4 address in 2002:a.b.c.d::/48 (RFC 3056 section 2).</summary>
    private static bool TryReadEmbedded(IPv6Address address, out IPv4Address embedded)
    {
        embedded = new IPv4Address((uint)(address.High >> 16));
        return address.High >> 48 == 0x2002;
    }

    private bool HasPrefixOf(IPv6Address destination)
    {
        foreach (DeviceAddress<IPv6Address> own in Namespace.IPv6.Addresses)
        {
            if (ReferenceEquals(own.Device, this) && own.Address.High >> 16 == destination.High >> 16)
            {
                return true;
            }
        }

        return false;
    }

    private protected override bool TryFindRemote(Frame frame, ushort type, out IPv4Address remote)
    {
        IPv6Address destination = new IPv6Header(frame.Bytes[EthernetHeader.Size..]).Destination;
        if (!TryReadEmbedded(destination, out remote))
        {
            remote = NextHopAddress.Decode(frame);
        }

        return !remote.IsUnspecified && !remote.IsMulticast;
    }

    /// <summary>ipip6_tunnel_xmit's own version: only with DF is there anything to tell.</summary>
    private protected override bool FitsPath(
        Frame frame, ushort type, IPv4Address remote, in OutputRoute<IPv4Address> route, ref bool dontFragment)
    {
        if (!dontFragment)
        {
            return true;
        }

        int mtu = Underlay.IPv4.PathMtu(remote, route) - IPv4Header.MinimumSize;
        if (mtu < LeastMtu)
        {
            mtu = LeastMtu;
            dontFragment = false;
        }

        if (!Options.Remote.IsUnspecified)
        {
            TunnelPathMtu.Learn(this, frame, type, mtu);
        }

        if (frame.Length - EthernetHeader.Size <= mtu)
        {
            return true;
        }

        Namespace.IPv6.Icmp.SendError(frame, Icmpv6Type.PacketTooBig, 0, (uint)mtu);
        return false;
    }

    /// <summary>
    /// An IPv4 router's error about the outer packet becomes an ICMPv6 error to the inner sender at once, if the router has
    /// quoted enough (ip6_err_gen_icmpv6_unreach): only then is it not counted for later.
    /// </summary>
    private protected override bool TryRelayError(ReadOnlySpan<byte> quoted, int outerLength, IcmpType type)
    {
        ReadOnlySpan<byte> inner = quoted[outerLength..];
        if (inner.Length < IPv6Header.Size + 8 || inner[0] >> 4 != 6)
        {
            return false;
        }

        Frame frame = Node.Emulation.Frames.Rent(EthernetHeader.Size + inner.Length);
        EthernetHeader.Write(frame.Bytes, Mac, default, EtherType.IPv6);
        inner.CopyTo(frame.Bytes[EthernetHeader.Size..]);
        BinaryPrimitives.WriteUInt16BigEndian(
            frame.Bytes[(EthernetHeader.Size + IPv6Header.PayloadLengthOffset)..], (ushort)(inner.Length - IPv6Header.Size));
        frame.Input = this;
        if (type == IcmpType.TimeExceeded)
        {
            Namespace.IPv6.Icmp.SendError(frame, Icmpv6Type.TimeExceeded, Icmpv6Code.HopLimitExceeded, 0);
        }
        else
        {
            Namespace.IPv6.Icmp.SendError(frame, Icmpv6Type.DestinationUnreachable, Icmpv6Code.AddressUnreachable, 0);
        }

        frame.Deliver();
        return true;
    }
}
