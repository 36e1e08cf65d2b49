using System;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;

namespace Netemu.Bgp.Tests;

public sealed class MessageTests
{
    private const string Marker = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";

    /// <summary>
    /// AS 4200000001, hold 180, 10.0.0.1; MP IPv4 and IPv6, refresh, AS4, extended, graceful restart, add-path.
    /// </summary>
    private const string Open = Marker + "0053" + "01"
        + "04" + "5BA0" + "00B4" + "0A000001" + "36"
        + "020601040001" + "0001"
        + "020601040002" + "0001"
        + "02020200"
        + "02020600"
        + "0208" + "4006" + "C078" + "00010180"
        + "0206" + "4104" + "FA56EA01"
        + "0206" + "4504" + "00010103"
        + "02024600";

    private static OpenMessage Written => new()
    {
        As = 4200000001,
        HoldTime = 180,
        Identifier = IPv4Address.Parse("10.0.0.1"),
        RestartTime = 120,
        Capabilities = BgpCapabilities.IPv4Unicast | BgpCapabilities.IPv6Unicast | BgpCapabilities.RouteRefresh
            | BgpCapabilities.ExtendedMessage | BgpCapabilities.GracefulRestart | BgpCapabilities.RestartState
            | BgpCapabilities.GracefulNotification | BgpCapabilities.GracefulIPv4 | BgpCapabilities.ForwardingIPv4
            | BgpCapabilities.FourOctetAs | BgpCapabilities.AddPathReceiveIPv4 | BgpCapabilities.AddPathSendIPv4
            | BgpCapabilities.EnhancedRouteRefresh,
    };

    [Fact]
    public void An_OPEN_that_is_like_the_last_one_is_read_and_written_as_any()
    {
        // Given messages that differ from their predecessor in every octet in turn, and now and then in none.
        OpenCache cache = new();
        byte[] original = Convert.FromHexString(Open);
        for (int i = 0; i < 3 * original.Length; i++)
        {
            byte[] message = [.. original];
            message[i / 3] ^= (byte)(i % 3);

            BgpError expected = OpenMessage.TryRead(message, out OpenMessage open);
            BgpError error = cache.TryRead(message, out OpenMessage cached);

            Assert.Equal(expected, error);
            if (!error.IsError)
            {
                byte[] written = new byte[256];
                Assert.Equal(open, cached);
                Assert.Equal(written[..open.Write(written)], cache.Write(cached).ToArray());
            }
        }
    }

    [Fact]
    public void An_OPEN_is_written_as_the_RFCs_have_it()
    {
        byte[] bytes = new byte[256];

        int length = Written.Write(bytes);

        Assert.Equal(Open, Convert.ToHexString(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void An_OPEN_is_read_with_its_capabilities()
    {
        Assert.Equal(BgpError.None, OpenMessage.TryRead(Convert.FromHexString(Open), out OpenMessage open));
        Assert.Equal(Written, open);
    }

    [Fact]
    public void An_OPEN_without_capabilities_speaks_IPv4_unicast()
    {
        byte[] message = Convert.FromHexString(Marker + "001D01" + "04FDE9005A0A00000100");

        Assert.Equal(BgpError.None, OpenMessage.TryRead(message, out OpenMessage open));
        Assert.Equal((65001u, BgpCapabilities.IPv4Unicast), (open.As, open.Capabilities));
    }

    [Fact]
    public void An_OPEN_with_extended_parameter_lengths_is_read()
    {
        // RFC 9072: FF FF, then a two-octet length, then parameters with two-octet lengths.
        byte[] message = Convert.FromHexString(Marker + "002B01" + "04FDE9005A0A000001FF" + "FF000B" + "020008" + "410400010000" + "0200");

        Assert.Equal(BgpError.None, OpenMessage.TryRead(message, out OpenMessage open));
        Assert.Equal(65536u, open.As);
    }

    [Fact]
    public void The_length_before_the_extended_one_says_nothing_but_that_there_are_parameters()
    {
        // RFC 9072 section 2: it should be 255 and must be ignored.
        byte[] message = Convert.FromHexString(Marker + "002B01" + "04FDE9005A0A00000101" + "FF000B" + "020008" + "410400010000" + "0200");

        Assert.Equal(BgpError.None, OpenMessage.TryRead(message, out OpenMessage open));
        Assert.Equal(65536u, open.As);
    }

    [Theory]
    [InlineData("03FDE9005A0A00000100", BgpErrorSubcode.UnsupportedVersion)]
    [InlineData("04FDE9005A0A0000010201", BgpErrorSubcode.Unspecific)]
    [InlineData("04FDE9005A0A0000010A", BgpErrorSubcode.Unspecific)]
    [InlineData("04FDE9005A0A0000010401020000", BgpErrorSubcode.UnsupportedOptionalParameter)]
    [InlineData("04FDE9005A0A000001060204410200FF", BgpErrorSubcode.Unspecific)]
    [InlineData("04FDE9005A0A00000104020241FF", BgpErrorSubcode.Unspecific)]
    public void A_malformed_OPEN_is_an_error_with_its_subcode(string body, byte subcode)
    {
        byte[] message = Convert.FromHexString(Marker + "000001" + body);

        BgpError error = OpenMessage.TryRead(message, out _);

        Assert.Equal((BgpErrorCode.OpenMessage, subcode, ErrorSeverity.SessionReset), (error.Code, error.Subcode, error.Severity));
    }

    [Fact]
    public void Every_truncation_of_an_OPEN_is_read_or_refused_and_never_thrown()
    {
        byte[] message = Convert.FromHexString(Open);
        for (int length = BgpMessage.MinimumOpenSize; length < message.Length; length++)
        {
            Assert.True(OpenMessage.TryRead(message.AsSpan(0, length), out _).IsError, $"length {length}");
        }
    }

    [Theory]
    [InlineData("001304", 19, BgpMessageType.Keepalive)]
    [InlineData("001503" + "0602", 21, BgpMessageType.Notification)]
    [InlineData("001705" + "00010001", 23, BgpMessageType.RouteRefresh)]
    [InlineData("001702" + "00000000", 23, BgpMessageType.Update)]
    public void A_whole_message_is_framed(string rest, int length, BgpMessageType type)
    {
        byte[] bytes = Convert.FromHexString(Marker + rest + "FF");

        Assert.True(BgpMessage.TryFrame(bytes, BgpMessage.MaximumSize, out int actual, out BgpMessageType kind, out _));
        Assert.Equal((length, type), (actual, kind));

        for (int cut = 0; cut < length; cut++)
        {
            Assert.False(BgpMessage.TryFrame(bytes.AsSpan(0, cut), BgpMessage.MaximumSize, out _, out _, out BgpError error));
            Assert.False(error.IsError);
        }
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE001304", BgpErrorSubcode.ConnectionNotSynchronized, "")]
    [InlineData("00", BgpErrorSubcode.ConnectionNotSynchronized, "")]
    [InlineData(Marker + "001204", BgpErrorSubcode.BadMessageLength, "0012")]
    [InlineData(Marker + "001404", BgpErrorSubcode.BadMessageLength, "0014")]
    [InlineData(Marker + "100102", BgpErrorSubcode.BadMessageLength, "1001")]
    [InlineData(Marker + "001C01", BgpErrorSubcode.BadMessageLength, "001C")]
    [InlineData(Marker + "001602", BgpErrorSubcode.BadMessageLength, "0016")]
    [InlineData(Marker + "001403", BgpErrorSubcode.BadMessageLength, "0014")]
    [InlineData(Marker + "001300", BgpErrorSubcode.BadMessageType, "00")]
    [InlineData(Marker + "001306", BgpErrorSubcode.BadMessageType, "06")]
    public void A_wrong_header_is_an_error_that_quotes_the_field(string hex, byte subcode, string data)
    {
        byte[] bytes = Convert.FromHexString(hex);

        Assert.False(BgpMessage.TryFrame(bytes, BgpMessage.MaximumSize, out _, out _, out BgpError error));

        Assert.Equal((BgpErrorCode.MessageHeader, subcode), (error.Code, error.Subcode));
        byte[] notification = new byte[64];
        int length = NotificationMessage.Write(notification, error, bytes);
        Assert.Equal(
            Marker + (21 + (data.Length / 2)).ToString("X4") + "03" + $"01{subcode:X2}" + data,
            Convert.ToHexString(notification.AsSpan(0, length)));
    }

    [Fact]
    public void An_extended_message_is_framed_only_where_it_was_negotiated()
    {
        byte[] bytes = new byte[5000];
        Convert.FromHexString(Marker + "138802").CopyTo(bytes, 0);

        Assert.False(BgpMessage.TryFrame(bytes, BgpMessage.MaximumSize, out _, out _, out BgpError error));
        Assert.Equal(BgpErrorSubcode.BadMessageLength, error.Subcode);
        Assert.True(BgpMessage.TryFrame(bytes, BgpMessage.MaximumExtendedSize, out int length, out _, out _));
        Assert.Equal(5000, length);
    }

    [Fact]
    public void The_version_that_we_speak_is_in_the_data_of_an_unsupported_version()
    {
        byte[] bytes = new byte[64];

        int length = NotificationMessage.Write(bytes, BgpError.Open(BgpErrorSubcode.UnsupportedVersion));

        Assert.Equal(Marker + "0017" + "03" + "0201" + "0004", Convert.ToHexString(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void A_ROUTE_REFRESH_of_another_length_is_its_own_error()
    {
        BgpError error = RouteRefreshMessage.TryRead(Convert.FromHexString(Marker + "001805" + "0001000100"), out _);
        Assert.Equal((BgpErrorCode.RouteRefreshMessage, (byte)1), (error.Code, error.Subcode));

        Assert.Equal(BgpError.None, RouteRefreshMessage.TryRead(Convert.FromHexString(Marker + "001705" + "00020201"), out RouteRefreshMessage end));
        Assert.Equal(new RouteRefreshMessage(AddressFamily.IPv6, 1, RouteRefreshSubtype.EndOfRefresh), end);
    }

    [Fact]
    public void Random_bytes_are_never_thrown_at()
    {
        RandomSource random = new(1, "fuzz/messages");
        byte[] original = Convert.FromHexString(Open);
        for (int round = 0; round < 50_000; round++)
        {
            byte[] bytes = [.. original];
            for (int i = 0; i < 4; i++)
            {
                bytes[random.NextBetween(BgpMessage.HeaderSize, bytes.Length - 1)] = (byte)random.NextUInt32();
            }

            OpenMessage.TryRead(bytes, out _);
            random.NextBytes(bytes);
            BgpMessage.TryFrame(bytes, BgpMessage.MaximumSize, out _, out _, out _);
        }
    }
}
