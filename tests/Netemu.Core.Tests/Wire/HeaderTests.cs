using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Core.Tests.Wire;

/// <summary>Each header view on bytes spelled out from its RFC: read, written back, and refused with the right reason.</summary>
public sealed class HeaderTests
{
    private const string IPv4Echo =
        "45 00 0021 1C46 4000 40 01 0A94 0A000001 0A000002" + IcmpEcho;

    private const string IcmpEcho = "08 00 EEF6 0001 0002 0102030405";
    private const string UdpHello = "3039 0035 000D 7791 68656C6C6F";
    private const string TcpSyn = "0050 C001 01020304 05060708 60 12 FFFF 4B43 0000 020405B4 6869";
    private const string Icmpv6Echo = "80 00 1B3A 0001 0002 0102030405";

    private static readonly IPv4Address Left = new(10, 0, 0, 1);
    private static readonly IPv4Address Right = new(10, 0, 0, 2);
    private static readonly IPv6Address Left6 = IPv6Address.Parse("2001:db8::1");
    private static readonly IPv6Address Right6 = IPv6Address.Parse("2001:db8::2");
    private static readonly MacAddress Mac = MacAddress.Parse("02:11:22:33:44:55");
    private static readonly MacAddress OtherMac = MacAddress.Parse("02:00:00:00:00:22");

    [Fact]
    public void An_Ethernet_header_has_destination_source_and_type()
    {
        byte[] bytes = Hex.Parse("021122334455 020000000022 0800 AABB");

        Assert.Equal(WireError.None, EthernetHeader.TryParse(bytes, out EthernetHeader header));
        Assert.Equal((Mac, OtherMac, EtherType.IPv4), (header.Destination, header.Source, header.Type));
        Assert.Equal("AABB", Hex.Format(header.Payload));

        byte[] written = new byte[14];
        EthernetHeader.Write(written, Mac, OtherMac, EtherType.IPv4);
        Assert.Equal(Hex.Format(bytes.AsSpan(0, 14)), Hex.Format(written));
    }

    [Fact]
    public void A_VLAN_tag_has_priority_and_identifier()
    {
        byte[] bytes = Hex.Parse("8100 B123");

        Assert.Equal(WireError.None, VlanTag.TryParse(bytes, out VlanTag tag));
        Assert.Equal((0x123, 5, true), (tag.VlanId, tag.Priority, tag.DropEligible));
        Assert.Equal(WireError.None, VlanTag.TryParse(Hex.Parse("88A8 0FFF"), out tag));
        Assert.Equal((0xFFF, 0, false), (tag.VlanId, tag.Priority, tag.DropEligible));
        Assert.Equal(WireError.BadType, VlanTag.TryParse(Hex.Parse("0800 0001"), out _));

        byte[] written = new byte[4];
        VlanTag.Write(written, EtherType.Vlan, vlanId: 0x123, priority: 5);
        Assert.Equal("8100A123", Hex.Format(written));
    }

    [Fact]
    public void An_ARP_request_asks_for_a_target()
    {
        const string Request = "0001 0800 06 04 0001 021122334455 0A000001 000000000000 0A000002";

        Assert.Equal(WireError.None, ArpPacket.TryParse(Hex.Parse(Request), out ArpPacket packet));
        Assert.Equal(ArpOperation.Request, packet.Operation);
        Assert.Equal((Mac, Left), (packet.SenderMac, packet.SenderAddress));
        Assert.Equal((default, Right), (packet.TargetMac, packet.TargetAddress));

        byte[] written = new byte[28];
        ArpPacket.Write(written, ArpOperation.Request, Mac, Left, default, Right);
        Assert.Equal(Hex.Format(Request), Hex.Format(written));
    }

    [Theory]
    [InlineData("0006 0800 06 04 0001")]
    [InlineData("0001 86DD 06 04 0001")]
    [InlineData("0001 0800 08 04 0001")]
    [InlineData("0001 0800 06 10 0001")]
    public void ARP_for_other_hardware_or_protocols_is_refused(string start) =>
        Assert.Equal(WireError.BadType, ArpPacket.TryParse(Hex.Parse(start + new string('0', 40)), out _));

    [Fact]
    public void An_IPv4_header_is_read_and_written_with_its_checksum()
    {
        // Given a packet with two bytes of Ethernet padding behind it.
        byte[] bytes = Hex.Parse(IPv4Echo + "0000");

        Assert.Equal(WireError.None, IPv4Header.TryParse(bytes, out IPv4Header header));
        Assert.Equal((20, 0, 0x21), (header.HeaderLength, (int)header.TrafficClass, (int)header.TotalLength));
        Assert.Equal((0x1C46, true, false, 0, false), ((int)header.Identification, header.DontFragment, header.MoreFragments, header.FragmentOffset, header.IsFragment));
        Assert.Equal((64, IPProtocol.Icmp, 0x0A94), ((int)header.Ttl, header.Protocol, (int)header.Checksum));
        Assert.Equal((Left, Right), (header.Source, header.Destination));
        Assert.Equal(Hex.Format(IcmpEcho), Hex.Format(header.Payload));
        Assert.True(header.Options.IsEmpty);

        byte[] written = new byte[20];
        IPv4Header.Write(written, 0, 0x21, 0x1C46, IPv4Header.DontFragmentFlag, 64, IPProtocol.Icmp, Left, Right);
        Assert.Equal(Hex.Format(IPv4Echo)[..40], Hex.Format(written));
    }

    [Fact]
    public void An_IPv4_fragment_with_options_is_read()
    {
        // Router alert (RFC 2113), more fragments, offset 3 * 8.
        byte[] bytes = Hex.Parse("46 B8 0019 0000 2003 05 11 EC12 0A000001 0A000002 94040000 77");

        Assert.Equal(WireError.None, IPv4Header.TryParse(bytes, out IPv4Header header));
        Assert.Equal((true, true, 24), (header.IsFragment, header.MoreFragments, header.FragmentOffset));
        Assert.Equal(0xB8, header.TrafficClass);
        Assert.Equal("94040000", Hex.Format(header.Options));
        Assert.Equal("77", Hex.Format(header.Payload));
    }

    [Theory]
    [InlineData(WireError.BadVersion, "55 00 0014")]
    [InlineData(WireError.BadVersion, "05 00 0014")]
    [InlineData(WireError.BadLength, "44 00 0014")]
    [InlineData(WireError.BadLength, "40 00 0014")]
    [InlineData(WireError.BadLength, "45 00 0013")]
    [InlineData(WireError.BadLength, "45 00 0000")]
    [InlineData(WireError.BadLength, "45 00 0015")]
    [InlineData(WireError.BadLength, "45 00 FFFF")]
    [InlineData(WireError.BadLength, "46 00 0014")]
    [InlineData(WireError.BadLength, "4F 00 0014")]
    [InlineData(WireError.BadChecksum, "45 00 0014")]
    public void An_IPv4_header_that_lies_is_refused(WireError expected, string start)
    {
        byte[] bytes = new byte[20];
        Hex.Parse(start).CopyTo(bytes, 0);

        Assert.Equal(expected, IPv4Header.TryParse(bytes, out _));
    }

    [Fact]
    public void An_IPv6_header_is_read_and_written()
    {
        const string Packet = "6 AB 12345 0002 3A FF 20010DB8000000000000000000000001 20010DB8000000000000000000000002 7788";
        byte[] bytes = Hex.Parse(Packet + "00");

        Assert.Equal(WireError.None, IPv6Header.TryParse(bytes, out IPv6Header header));
        Assert.Equal((0xAB, 0x12345u, 2), (header.TrafficClass, header.FlowLabel, header.PayloadLength));
        Assert.Equal((IPProtocol.Icmpv6, 255), (header.NextHeader, header.HopLimit));
        Assert.Equal((Left6, Right6), (header.Source, header.Destination));
        Assert.Equal("7788", Hex.Format(header.Payload));

        byte[] written = new byte[40];
        IPv6Header.Write(written, 0xAB, 0x12345, 2, IPProtocol.Icmpv6, 255, Left6, Right6);
        Assert.Equal(Hex.Format(Packet)[..80], Hex.Format(written));
    }

    [Theory]
    [InlineData(WireError.BadVersion, "4000 0000 0000")]
    [InlineData(WireError.BadLength, "6000 0000 0001")]
    [InlineData(WireError.BadLength, "6000 0000 FFFF")]
    [InlineData(WireError.None, "6000 0000 0000")]
    public void An_IPv6_header_that_lies_is_refused(WireError expected, string start)
    {
        byte[] bytes = new byte[40];
        Hex.Parse(start).CopyTo(bytes, 0);

        Assert.Equal(expected, IPv6Header.TryParse(bytes, out _));
    }

    [Fact]
    public void An_ICMP_echo_is_read_and_written_with_its_checksum()
    {
        byte[] bytes = Hex.Parse(IcmpEcho);

        Assert.Equal(WireError.None, IcmpHeader.TryParse(bytes, out IcmpHeader header));
        Assert.Equal((IcmpType.EchoRequest, 0, 0xEEF6), (header.Type, header.Code, header.Checksum));
        Assert.Equal((1, 2, 0x00010002u), (header.Identifier, header.SequenceNumber, header.Rest));
        Assert.Equal("0102030405", Hex.Format(header.Payload));
        Assert.False(header.IsError);

        byte[] written = Hex.Parse("FF FF FFFF FFFF FFFF 0102030405");
        IcmpHeader.Write(written, IcmpType.EchoRequest, 0, 0x00010002);
        Assert.Equal(Hex.Format(IcmpEcho), Hex.Format(written));
        bytes[8] ^= 1;
        Assert.Equal(WireError.BadChecksum, IcmpHeader.TryParse(bytes, out _));
    }

    [Fact]
    public void Fragmentation_needed_carries_the_MTU()
    {
        byte[] bytes = new byte[8];
        IcmpHeader.Write(bytes, IcmpType.DestinationUnreachable, IcmpCode.FragmentationNeeded, 1400);

        Assert.Equal("0304F78300000578", Hex.Format(bytes));
        Assert.Equal(WireError.None, IcmpHeader.TryParse(bytes, out IcmpHeader header));
        Assert.Equal(1400, header.Mtu);
        Assert.True(header.IsError);
    }

    [Fact]
    public void An_ICMPv6_echo_covers_the_pseudo_header()
    {
        byte[] bytes = Hex.Parse(Icmpv6Echo);

        Assert.Equal(WireError.None, Icmpv6Header.TryParse(bytes, Left6, Right6, out Icmpv6Header header));
        Assert.Equal((Icmpv6Type.EchoRequest, 0, 1, 2), (header.Type, header.Code, header.Identifier, header.SequenceNumber));
        Assert.Equal("0102030405", Hex.Format(header.Payload));
        Assert.False(header.IsError);
        Assert.Equal(WireError.BadChecksum, Icmpv6Header.TryParse(bytes, Left6, IPv6Address.Loopback, out _));

        byte[] written = Hex.Parse("FF FF FFFF FFFF FFFF 0102030405");
        Icmpv6Header.Write(written, Icmpv6Type.EchoRequest, 0, 0x00010002, Left6, Right6);
        Assert.Equal(Hex.Format(Icmpv6Echo), Hex.Format(written));
    }

    [Fact]
    public void A_neighbour_solicitation_carries_target_and_source_address()
    {
        const string Solicitation = "87 00 7F2E 00000000 20010DB8000000000000000000000002 01 01 021122334455";
        IPv6Address source = IPv6Address.LinkLocal(Mac);
        IPv6Address group = IPv6Address.SolicitedNode(Right6);
        byte[] bytes = Hex.Parse(Solicitation);

        Assert.Equal(WireError.None, Icmpv6Header.TryParse(bytes, source, group, out _));
        Assert.Equal(WireError.None, NeighbourMessage.TryParse(bytes, out NeighbourMessage message));
        Assert.Equal(Right6, message.Target);
        Assert.True(message.TryGetLinkLayerAddress(NeighbourMessage.SourceLinkLayerOption, out MacAddress mac));
        Assert.Equal(Mac, mac);
        Assert.False(message.TryGetLinkLayerAddress(NeighbourMessage.TargetLinkLayerOption, out _));

        byte[] written = new byte[32];
        NeighbourMessage.WriteBody(written, Right6, NeighbourMessage.SourceLinkLayerOption, Mac);
        Icmpv6Header.Write(written, Icmpv6Type.NeighbourSolicitation, 0, 0, source, group);
        Assert.Equal(Hex.Format(Solicitation), Hex.Format(written));
    }

    [Theory]
    [InlineData(WireError.None, "")]
    [InlineData(WireError.None, "05 01 000000000000 01 01 021122334455")]
    [InlineData(WireError.BadLength, "01 00 021122334455")]
    [InlineData(WireError.BadLength, "01 02 021122334455")]
    [InlineData(WireError.BadLength, "01")]
    [InlineData(WireError.BadLength, "01 01 0211")]
    public void Options_of_neighbour_messages_are_walked_within_bounds(WireError expected, string options) =>
        Assert.Equal(expected, NeighbourMessage.TryParse(Hex.Parse("87000000 00000000 " + new string('0', 32) + options), out _));

    [Fact]
    public void A_UDP_datagram_is_read_and_written_with_its_checksum()
    {
        byte[] bytes = Hex.Parse(UdpHello + "00");

        Assert.Equal(WireError.None, UdpHeader.TryParse(bytes, out UdpHeader header));
        Assert.Equal((12345, 53, 13, 0x7791), (header.SourcePort, header.DestinationPort, header.Length, header.Checksum));
        Assert.Equal("68656C6C6F", Hex.Format(header.Payload));

        byte[] written = Hex.Parse("FFFF FFFF FFFF FFFF 68656C6C6F");
        UdpHeader.Write(written, 12345, 53, InternetChecksum.PseudoHeader(Left, Right, IPProtocol.Udp, 13));
        Assert.Equal(Hex.Format(UdpHello), Hex.Format(written));
    }

    [Fact]
    public void A_UDP_checksum_that_comes_out_zero_is_sent_as_ones()
    {
        byte[] bytes = Hex.Parse("3039 0035 000A 0000 BB69");

        UdpHeader.Write(bytes, 12345, 53, InternetChecksum.PseudoHeader(Left, Right, IPProtocol.Udp, 10));

        Assert.Equal("30390035000AFFFFBB69", Hex.Format(bytes));
    }

    [Theory]
    [InlineData(WireError.BadLength, "0007")]
    [InlineData(WireError.BadLength, "0000")]
    [InlineData(WireError.BadLength, "0009")]
    [InlineData(WireError.BadLength, "FFFF")]
    [InlineData(WireError.None, "0008")]
    public void A_UDP_length_that_lies_is_refused(WireError expected, string length) =>
        Assert.Equal(expected, UdpHeader.TryParse(Hex.Parse($"3039 0035 {length} 0000"), out _));

    [Fact]
    public void A_TCP_segment_is_read_and_written_with_its_checksum()
    {
        byte[] bytes = Hex.Parse(TcpSyn);

        Assert.Equal(WireError.None, TcpHeader.TryParse(bytes, out TcpHeader header));
        Assert.Equal((80, 49153), (header.SourcePort, header.DestinationPort));
        Assert.Equal((0x01020304u, 0x05060708u), (header.SequenceNumber, header.AcknowledgmentNumber));
        Assert.Equal((24, TcpFlags.Syn | TcpFlags.Ack, 65535, 0), (header.HeaderLength, header.Flags, header.Window, header.UrgentPointer));
        Assert.Equal(0x4B43, header.Checksum);
        Assert.Equal(("020405B4", "6869"), (Hex.Format(header.Options), Hex.Format(header.Payload)));

        byte[] written = Hex.Parse(new string('F', 40) + "020405B4 6869");
        uint pseudo = InternetChecksum.PseudoHeader(Left, Right, IPProtocol.Tcp, written.Length);
        TcpHeader.Write(written, 80, 49153, 0x01020304, 0x05060708, 24, TcpFlags.Syn | TcpFlags.Ack, 65535, pseudo);
        Assert.Equal(Hex.Format(TcpSyn), Hex.Format(written));
    }

    [Theory]
    [InlineData(WireError.BadLength, "00")]
    [InlineData(WireError.BadLength, "40")]
    [InlineData(WireError.None, "50")]
    [InlineData(WireError.BadLength, "60")]
    [InlineData(WireError.BadLength, "F0")]
    public void A_TCP_data_offset_that_lies_is_refused(WireError expected, string offset) =>
        Assert.Equal(expected, TcpHeader.TryParse(Hex.Parse($"{new string('0', 24)}{offset} {new string('0', 14)}"), out _));
}
