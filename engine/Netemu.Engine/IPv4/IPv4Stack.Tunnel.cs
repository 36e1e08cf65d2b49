using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv4;

/// <summary>The way out for what tunnels have wrapped (iptunnel_xmit).</summary>
public sealed partial class IPv4Stack
{
    /// <summary>What is put in front of a payload: room for Ethernet, and an IPv4 header without options.</summary>
    internal const int OuterHeaders = NetworkOffset + IPv4Header.MinimumSize;

    /// <summary>
    /// Puts an IPv4 header in front of a frame that starts with the payload, and sends it as this namespace's own. Takes
    /// ownership.
    /// </summary>
    internal void SendTunnelled(
        Frame frame,
        in OutputRoute<IPv4Address> route,
        IPv4Address destination,
        IPProtocol protocol,
        byte trafficClass,
        byte ttl,
        bool dontFragment)
    {
        int length = frame.Length + IPv4Header.MinimumSize;
        Span<byte> bytes = frame.Prepend(OuterHeaders);
        if (length > ushort.MaxValue || (dontFragment && length > PathMtu(destination, route)))
        {
            EthernetHeader.Write(bytes, default, default, EtherType.IPv4);
            IPv4Header.Write(bytes[NetworkOffset..], trafficClass, Math.Min(length, ushort.MaxValue), 0, 0, ttl, protocol, route.Source, destination);
            Namespace.Drop(frame, DropReason.PacketTooBig);
            return;
        }

        IPv4Header.Write(
            bytes[NetworkOffset..],
            trafficClass,
            length,
            NextIdentification(),
            dontFragment ? IPv4Header.DontFragmentFlag : (ushort)0,
            ttl == 0 ? Namespace.Settings.IPv4DefaultTtl : ttl,
            protocol,
            route.Source,
            destination);
        Send(frame, route);
    }
}
