using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Devices.Tunnels;

/// <summary>What a tunnel tells inner senders of the MTU on its way (tnl_update_pmtu, skb_tunnel_check_pmtu).</summary>
internal static class TunnelPathMtu
{
    /// <summary>
    /// The way to the inner destination learns the MTU, if the packet came from an IP stack of the device's own namespace
    /// (skb_dst_update_pmtu_no_confirm): only packets without a master's hand in it have a route.
    /// </summary>
    public static void Learn(NetDevice device, Frame frame, ushort type, int mtu)
    {
        if (device.Master is not null || mtu >= device.Mtu)
        {
            return;
        }

        Span<byte> inner = frame.Bytes[EthernetHeader.Size..];
        if (type == EtherType.IPv4)
        {
            IPv4Address destination = new IPv4Header(inner).Destination;
            int known = device.Namespace.IPv4.Exceptions.PathMtu(destination);
            if (known == 0 || known > mtu)
            {
                device.Namespace.IPv4.Exceptions.LearnMtu(destination, mtu);
            }
        }
        else if (type == EtherType.IPv6)
        {
            device.Namespace.IPv6.LearnMtu(new IPv6Header(inner).Destination, mtu);
        }
    }

    /// <summary>Answers a packet that does not fit and must not be fragmented; false if it may be fragmented.</summary>
    public static bool Answer(NetDevice device, Frame frame, ushort type, int mtu)
    {
        ReadOnlySpan<byte> inner = frame.Bytes[EthernetHeader.Size..];
        if (type == EtherType.IPv4)
        {
            bool dontFragment =
                (BinaryPrimitives.ReadUInt16BigEndian(inner[IPv4Header.FlagsOffset..]) & IPv4Header.DontFragmentFlag) != 0;
            if (dontFragment)
            {
                device.Namespace.IPv4.Icmp.SendError(
                    frame, IcmpType.DestinationUnreachable, IcmpCode.FragmentationNeeded, (uint)mtu);
            }

            return dontFragment;
        }

        if (type != EtherType.IPv6 || mtu < 1280)
        {
            return false;
        }

        device.Namespace.IPv6.Icmp.SendError(frame, Icmpv6Type.PacketTooBig, 0, (uint)mtu);
        return true;
    }
}
