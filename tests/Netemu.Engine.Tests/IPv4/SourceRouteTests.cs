using System;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.IPv4;

/// <summary>Packets that name the machines on their way (RFC 791 section 3.1), as net/ipv4/ip_options.c takes them, and options in fragments.</summary>
public sealed class SourceRouteTests : IDisposable
{
    private readonly EmulatedNetwork _network = new();
    private readonly Node _router;
    private readonly EthernetDevice _wire;
    private readonly FrameRecorder _answers;
    private readonly FrameRecorder _farther;

    /// <summary>wire 10.0.0.9 - 10.0.0.1 router 10.0.1.1 - 10.0.1.2 far.</summary>
    public SourceRouteTests()
    {
        _router = _network.Router("r");
        Node wire = _network.Host("wire");
        Node far = _network.Host("far");
        Link near = _network.Join(_router, "10.0.0.1/24", wire, "10.0.0.9/24");
        Link on = _network.Join(_router, "10.0.1.1/24", far, "10.0.1.2/24");
        EmulatedNetwork.Route(far, "default", "10.0.1.1");
        EmulatedNetwork.Route(_router, "10.0.2.0/24", "10.0.1.2");
        _wire = near.B;
        _answers = new FrameRecorder(near.B);
        _farther = new FrameRecorder(on.B);
    }

    [Theory]
    [InlineData("83 07 04 0A000102 00", "10.0.0.1")]
    [InlineData("89 07 04 0A000102 00", "10.0.0.1")]
    [InlineData("83 07 08 0A000102 00", "10.0.0.1")]
    [InlineData("83 07 08 0A000102 00", "10.0.1.2")]
    public void A_source_routed_packet_is_dropped_without_a_word_unless_it_is_accepted(string options, string to)
    {
        Send(options, to);

        Assert.Equal(1, _router.Root.Drops(DropReason.SourceRoute));
        Assert.Empty(Ip(_farther));
        Assert.Empty(Ip(_answers));
    }

    [Fact]
    public void The_default_is_0_for_all_and_1_for_each_device_and_both_must_say_so()
    {
        Assert.Equal("0 1", $"{Read("all")} {Read("va")}");

        Accept();
        SysctlTable.TryWrite(_router.Root, $"net.ipv4.conf.{_router.Root.Devices[1].Name}.accept_source_route", "0");
        Send("83 07 04 0A000102 00", "10.0.0.1");

        Assert.Equal(1, _router.Root.Drops(DropReason.SourceRoute));

        string Read(string device)
        {
            SysctlTable.TryRead(_router.Root, $"net.ipv4.conf.{(device == "all" ? device : _router.Root.Devices[1].Name)}.accept_source_route", out string value);
            return value;
        }
    }

    [Theory]
    [InlineData("83")]
    [InlineData("89")]
    public void It_goes_on_to_the_next_address_and_leaves_the_way_back_in_its_place(string type)
    {
        Accept();
        Send($"{type} 07 04 0A000102 00", "10.0.0.1");

        byte[] frame = Assert.Single(Ip(_farther));
        Assert.Equal("10.0.1.2", IPv4Address.Read(frame.AsSpan(14 + 16)).ToString());
        Assert.Equal($"{type}0708" + "0A000101" + "00", Convert.ToHexString(frame, 34, 8));
        Assert.Equal(WireError.None, IPv4Header.TryParse(frame.AsSpan(14), out IPv4Header header));
        Assert.Equal(63, header.Ttl);
    }

    [Fact]
    public void A_strict_route_to_who_is_no_neighbour_has_failed()
    {
        Accept();
        Send("89 07 04 0A000207 00", "10.0.0.1");

        Assert.Equal("3/5", Icmp(Assert.Single(Ip(_answers))));
        Assert.Empty(Ip(_farther));
    }

    [Fact]
    public void A_strict_route_that_does_not_name_this_machine_points_to_the_destination()
    {
        Accept();
        Send("89 07 04 0A000102 00", "10.0.1.2");

        byte[] answer = Assert.Single(Ip(_answers));
        Assert.Equal("12/0", Icmp(answer));
        Assert.Equal(16, answer[38]);
    }

    [Fact]
    public void A_loose_route_passes_a_machine_that_it_does_not_name_unchanged()
    {
        Accept();
        Send("83 07 04 0A000207 00", "10.0.1.2");

        Assert.Equal("8307040A00020700", Convert.ToHexString(Ip(_farther).First(), 34, 8));
    }

    [Fact]
    public void Later_fragments_carry_only_what_is_to_be_copied()
    {
        // Record route (7) is not copied, a router alert (148) is: no operations take the place of the first.
        _router.Root.Devices[2].SetMtu(572);
        Send("07 07 04 00000000 94 04 0000 01", "10.0.1.2", payload: 1000);

        byte[][] pieces = Ip(_farther);
        Assert.Equal(2, pieces.Length);
        Assert.Equal("0707080A0001019404000001", Convert.ToHexString(pieces[0], 34, 12));
        Assert.Equal("010101010101019404000001", Convert.ToHexString(pieces[1], 34, 12));
        Assert.All(pieces, p => Assert.Equal(WireError.None, IPv4Header.TryParse(p.AsSpan(14), out _)));
    }

    public void Dispose() => _network.Dispose();

    private static byte[][] Ip(FrameRecorder recorder) => [.. recorder.Received.Select(f => f.Bytes).Where(b => b[12] == 8 && b[13] == 0)];

    private static string Icmp(byte[] frame) => $"{frame[34]}/{frame[35]}";

    private void Accept() => SysctlTable.TryWrite(_router.Root, "net.ipv4.conf.all.accept_source_route", "1");

    private void Send(string options, string to, int payload = 8)
    {
        byte[] words = Convert.FromHexString(options.Replace(" ", string.Empty, StringComparison.Ordinal));
        int header = IPv4Header.MinimumSize + words.Length;
        byte[] bytes = new byte[EthernetHeader.Size + header + payload];
        EthernetHeader.Write(bytes, _router.Root.Devices[1].Mac, _wire.Mac, EtherType.IPv4);
        Span<byte> packet = bytes.AsSpan(EthernetHeader.Size);
        IPv4Header.Write(
            packet, 0, header + payload, 77, 0, 64, IPProtocol.Udp, IPv4Address.Parse("10.0.0.9"), IPv4Address.Parse(to));
        packet[0] = (byte)(0x40 | (header / 4));
        words.CopyTo(packet[IPv4Header.MinimumSize..]);
        UdpHeader.Write(
            packet[header..], 1000, 2000,
            InternetChecksum.PseudoHeader(IPv4Address.Parse("10.0.0.9"), IPv4Address.Parse(to), IPProtocol.Udp, payload));
        IPv4Header.WriteChecksum(packet[..header]);
        _wire.Transmit(_network.Emulation.Frames.Rent(bytes));
        _network.RunSeconds(1);
    }
}
