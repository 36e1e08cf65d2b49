using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>
/// A packet at a hook with the header fields that rules ask for, of either family. The fields are read on first need:
/// an established connection that the first rule accepts costs no reading.
/// </summary>
internal struct PacketView(
    NetworkNamespace space, HookPoint hook, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
{
    /// <summary>Where the IP header starts in a frame.</summary>
    public const int NetworkOffset = EthernetHeader.Size;

    public readonly NetworkNamespace Space = space;
    public readonly Frame Frame = frame;
    public readonly NetDevice? Input = input;
    public readonly NetDevice? Output = output;
    public readonly HookPoint Hook = hook;
    public readonly AddressFamily Family = family;
    public ulong SourceHigh;
    public ulong SourceLow;
    public ulong DestinationHigh;
    public ulong DestinationLow;

    /// <summary>Where the transport header starts, from the IP header.</summary>
    public int TransportOffset;
    public ushort SourcePort;
    public ushort DestinationPort;
    public IPProtocol Protocol;
    public TcpFlags TcpFlags;
    public byte IcmpType;
    public byte IcmpCode;
    public byte Ttl;

    /// <summary>A fragment other than the first: it has no transport header.</summary>
    public bool IsLaterFragment;

    /// <summary>Ports, flags or ICMP type have been read; false for other protocols, later fragments and cut headers.</summary>
    public bool HasTransport;

    /// <summary>A rule asked for a header that is cut short: the packet is dropped (hotdrop).</summary>
    public bool HotDrop;
    public bool IsRead;

    public readonly Span<byte> Packet => Frame.Bytes[NetworkOffset..];

    public readonly InternetAddress Source => Family == AddressFamily.IPv4
        ? new InternetAddress(new IPv4Address((uint)SourceLow))
        : new InternetAddress(new IPv6Address(SourceHigh, SourceLow));

    public readonly InternetAddress Destination => Family == AddressFamily.IPv4
        ? new InternetAddress(new IPv4Address((uint)DestinationLow))
        : new InternetAddress(new IPv6Address(DestinationHigh, DestinationLow));

    /// <summary>Reads the headers, once.</summary>
    public void Read()
    {
        if (!IsRead)
        {
            ReadHeaders(Packet);
        }
    }

    /// <summary>Reads the headers of <paramref name="packet"/>, which has passed the stack's checks or is a quoted one.</summary>
    public void ReadHeaders(ReadOnlySpan<byte> packet)
    {
        IsRead = true;
        if (Family == AddressFamily.IPv4)
        {
            ReadIPv4(packet);
        }
        else
        {
            ReadIPv6(packet);
        }

        if (!IsLaterFragment && TransportOffset <= packet.Length)
        {
            ReadTransport(packet[TransportOffset..]);
        }
    }

    private void ReadIPv4(ReadOnlySpan<byte> packet)
    {
        SourceLow = BinaryPrimitives.ReadUInt32BigEndian(packet[IPv4Header.SourceOffset..]);
        DestinationLow = BinaryPrimitives.ReadUInt32BigEndian(packet[IPv4Header.DestinationOffset..]);
        Protocol = (IPProtocol)packet[IPv4Header.ProtocolOffset];
        Ttl = packet[IPv4Header.TtlOffset];
        TransportOffset = (packet[0] & 0xF) * 4;
        IsLaterFragment =
            (BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Header.FlagsOffset..]) & IPv4Header.FragmentOffsetMask) != 0;
    }

    private void ReadIPv6(ReadOnlySpan<byte> packet)
    {
        SourceHigh = BinaryPrimitives.ReadUInt64BigEndian(packet[IPv6Header.SourceOffset..]);
        SourceLow = BinaryPrimitives.ReadUInt64BigEndian(packet[(IPv6Header.SourceOffset + 8)..]);
        DestinationHigh = BinaryPrimitives.ReadUInt64BigEndian(packet[IPv6Header.DestinationOffset..]);
        DestinationLow = BinaryPrimitives.ReadUInt64BigEndian(packet[(IPv6Header.DestinationOffset + 8)..]);
        Protocol = (IPProtocol)packet[IPv6Header.NextHeaderOffset];
        Ttl = packet[IPv6Header.HopLimitOffset];
        TransportOffset = IPv6Header.Size;

        // RFC 8200 section 4: the chain of extension headers, up to the one that is not one.
        while (Protocol is IPProtocol.HopByHop or IPProtocol.Routing or IPProtocol.DestinationOptions or IPProtocol.Fragment
            && packet.Length >= TransportOffset + 8)
        {
            ReadOnlySpan<byte> extension = packet[TransportOffset..];
            if (Protocol == IPProtocol.Fragment)
            {
                IsLaterFragment = (BinaryPrimitives.ReadUInt16BigEndian(extension[2..]) & 0xFFF8) != 0;
            }

            TransportOffset += Protocol == IPProtocol.Fragment ? 8 : (extension[1] + 1) * 8;
            Protocol = (IPProtocol)extension[0];
        }
    }

    private void ReadTransport(ReadOnlySpan<byte> segment)
    {
        switch (Protocol)
        {
            case IPProtocol.Tcp:
                if (segment.Length >= 14)
                {
                    TcpFlags = (TcpFlags)segment[13];
                    ReadPorts(segment);
                }
                else if (segment.Length >= 8)
                {
                    // What an ICMP error quotes of a segment.
                    ReadPorts(segment);
                }

                break;
            case IPProtocol.Udp or IPProtocol.UdpLite or IPProtocol.Sctp:
                if (segment.Length >= 8)
                {
                    ReadPorts(segment);
                }

                break;
            case IPProtocol.Icmp or IPProtocol.Icmpv6:
                if (segment.Length >= 4)
                {
                    HasTransport = true;
                    IcmpType = segment[0];
                    IcmpCode = segment[1];
                }

                break;
        }
    }

    private void ReadPorts(ReadOnlySpan<byte> segment)
    {
        HasTransport = true;
        SourcePort = BinaryPrimitives.ReadUInt16BigEndian(segment);
        DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
    }
}
