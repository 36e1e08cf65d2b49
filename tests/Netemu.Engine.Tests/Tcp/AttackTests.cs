using System;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Wire;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>Segments that somebody else may have made (RFC 5961), and malformed ones: each is dropped for its reason.</summary>
public sealed class AttackTests
{
    private readonly TcpPair _pair = new();
    private readonly TcpConnection _client;
    private readonly uint _next;
    private readonly uint _ack;

    public AttackTests()
    {
        _client = _pair.Establish();
        _next = _pair.ToServer.Seen[^1].Sequence;
        _ack = _pair.ToServer.Seen[^1].Acknowledgment;
        _pair.ToClient.Seen.Clear();
        _pair.ToClient.Loses = (_, _) => true;
    }

    [Fact]
    public void A_reset_with_the_exact_number_resets()
    {
        _pair.Inject(_client, _next, 0, TcpFlags.Rst);
        Assert.Equal(["accept", "closed Reset"], _pair.ServerOwner.Events);
        Assert.Empty(_pair.ToClient.Seen);
    }

    [Fact]
    public void A_reset_inside_the_window_is_challenged()
    {
        _pair.Inject(_client, _next + 1, 0, TcpFlags.Rst);
        AssertChallenged();
    }

    [Fact]
    public void A_reset_outside_the_window_is_ignored()
    {
        _pair.Inject(_client, _next - 1, 0, TcpFlags.Rst);
        Assert.Equal(TcpState.Established, _pair.Accepted.State);
        Assert.Empty(_pair.ToClient.Seen);
        Assert.Equal(1, _pair.Server.Root.Drops(DropReason.TcpInvalid));
    }

    [Fact]
    public void A_syn_inside_the_window_is_challenged()
    {
        _pair.Inject(_client, _next, 0, TcpFlags.Syn);
        AssertChallenged();
    }

    [Fact]
    public void An_acknowledgment_of_what_was_never_sent_is_challenged()
    {
        _pair.Inject(_client, _next, _ack + 1, TcpFlags.Ack);
        AssertChallenged();
    }

    [Fact]
    public void An_acknowledgment_from_long_ago_is_challenged_and_its_data_not_taken()
    {
        _pair.Inject(_client, _next, _ack - 0x4000_0000, TcpFlags.Ack, [1, 2, 3]);
        AssertChallenged();
        Assert.Empty(_pair.ServerOwner.Received);
    }

    [Fact]
    public void Data_outside_the_window_is_answered_with_an_acknowledgment_only()
    {
        _pair.Inject(_client, _next + 0x1000_0000, _ack, TcpFlags.Ack, [1, 2, 3]);
        Assert.Equal(_next, Assert.Single(_pair.ToClient.Seen).Acknowledgment);
        Assert.Empty(_pair.ServerOwner.Received);
    }

    [Fact]
    public void A_segment_without_ack_is_dropped()
    {
        _pair.Inject(_client, _next, 0, TcpFlags.None, [1]);
        Assert.Empty(_pair.ServerOwner.Received);
        Assert.Empty(_pair.ToClient.Seen);
        Assert.Equal(1, _pair.Server.Root.Drops(DropReason.TcpInvalid));
    }

    [Fact]
    public void A_wrong_checksum_is_a_drop_with_its_reason()
    {
        TcpPair pair = new();
        TcpConnection client = pair.Establish();
        pair.Server.Root.WritableHooks().Remove(AddressFamily.IPv4, HookPoint.Prerouting, pair.ToServer);
        pair.Inject(client, pair.ToServer.Seen[^1].Sequence, 0, TcpFlags.Ack, [1], breakChecksum: true);
        Assert.Equal(1, pair.Server.Root.Drops(DropReason.BadTcpChecksum));
        Assert.Equal(1, pair.ServerTcp.Counters.InCsumErrors);
    }

    [Fact]
    public void Challenges_are_limited_by_the_second()
    {
        _pair.Server.Root.WritableSettings.Tcp.ChallengeAckLimit = 5;
        for (int i = 0; i < 20; i++)
        {
            _pair.Inject(_client, _next + 1, 0, TcpFlags.Rst);
        }

        Assert.Equal(5, _pair.ToClient.Seen.Count);
    }

    [Fact]
    public void An_old_timestamp_is_rejected()
    {
        byte[] old = [1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0];
        uint recent = Convert.ToUInt32(_pair.ToServer.Seen[^1].Options[8..16], 16);
        BitConverter.GetBytes(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(recent - 1)).CopyTo(old, 4);
        _pair.Inject(_client, _next, _ack, TcpFlags.Ack, [1], options: old);
        Assert.Empty(_pair.ServerOwner.Received);
        Assert.Equal(1, _pair.ServerTcp.Counters.PawsRejected);
    }

    [Fact]
    public void Segments_of_random_bytes_are_counted_drops()
    {
        Netemu.Core.Randomness.RandomSource random = new(5, "fuzz");
        for (int i = 0; i < 300; i++)
        {
            byte[] options = new byte[4 * random.NextBelow(11)];
            random.NextBytes(options);
            byte[] payload = new byte[random.NextBelow(40)];
            random.NextBytes(payload);
            _pair.Inject(
                _client, _next + (uint)random.NextBelow(100), _ack, (TcpFlags)(random.NextUInt32() & 0xFF & ~(uint)TcpFlags.Rst), payload, options: options);
        }

        _pair.AssertConserved();
    }

    [Fact]
    public void A_ttl_below_the_agreed_one_is_dropped()
    {
        // Given GTSM with 255 on both sides.
        TcpPair pair = new();
        StreamOptions options = new() { Ttl = 255, MinimumTtl = 255 };
        pair.Listen().SetPeerOptions(TcpPair.ClientAddress, options);
        TcpConnection client = pair.Connect(options);
        pair.RunMilliseconds(50);
        Assert.Equal(TcpState.Established, client.State);

        // When a segment comes from further away.
        pair.Inject(client, pair.ToServer.Seen[^1].Sequence, 0, TcpFlags.Rst, ttl: 254);

        // Then it is gone.
        Assert.Equal(TcpState.Established, pair.Accepted.State);
        Assert.Equal(1, pair.Server.Root.Drops(DropReason.TtlSecurity));
    }

    [Fact]
    public void Connections_inherit_what_their_listener_carries_unless_their_peer_has_options_of_its_own()
    {
        // Given a listener that takes 254 at least from everybody, and 255 from one peer.
        TcpPair pair = new();
        TcpListener listener = pair.Listen();
        listener.Options = new StreamOptions { MinimumTtl = 254, Ttl = 255 };
        StreamOptions own = new() { MinimumTtl = 255, Ttl = 255 };
        listener.SetPeerOptions(TcpPair.ClientAddress, own);
        listener.SetPeerOptions(InternetAddress.Parse("2001:db8::1"), own);

        // Then it is that peer that needs 255, and nobody else.
        Assert.Equal(own, listener.OptionsFor(TcpPair.ClientAddress));
        Assert.Equal(own, listener.OptionsFor(InternetAddress.Parse("2001:db8::1")));
        Assert.Equal(listener.Options, listener.OptionsFor(InternetAddress.Parse("2001:db8::2")));

        // When it is told to forget the peer, then a SYN with 254 is answered, and one with 253 is not.
        listener.SetPeerOptions(TcpPair.ClientAddress, null);
        TcpConnection client = pair.Connect(new StreamOptions { Ttl = 254 });
        pair.RunMilliseconds(50);
        Assert.Equal(TcpState.Established, client.State);
        client = pair.Connect(new StreamOptions { Ttl = 253 });
        pair.RunMilliseconds(50);
        Assert.Equal(TcpState.SynSent, client.State);
        Assert.Equal(1, pair.Server.Root.Drops(DropReason.TtlSecurity));
    }

    [Fact]
    public void Signed_connections_carry_bytes_and_unsigned_segments_do_not_reach_them()
    {
        TcpPair pair = new();
        StreamOptions options = new() { Md5Key = "secret" };
        pair.Listen().SetPeerOptions(TcpPair.ClientAddress, options);
        TcpConnection client = pair.Connect(options);
        pair.RunMilliseconds(50);
        client.Write("signed"u8);
        pair.RunMilliseconds(50);
        Assert.Equal("signed"u8.ToArray(), pair.ServerOwner.Received.ToArray());

        // The SYN: MD5 first, then MSS, SACK permitted, window scale; no timestamps.
        Assert.StartsWith("01011312", pair.ToServer.Seen[0].Options);
        Assert.Equal("020405B4" + "01010402" + "01030306", pair.ToServer.Seen[0].Options[40..]);

        pair.Inject(client, pair.ToServer.Seen[^1].Sequence + 6, 0, TcpFlags.Rst);
        Assert.Equal(TcpState.Established, pair.Accepted.State);
        Assert.Equal(1, pair.Server.Root.Drops(DropReason.TcpMd5Failure));
    }

    [Theory]
    [InlineData("secret", null)]
    [InlineData(null, "secret")]
    [InlineData("secret", "other")]
    public void Keys_that_differ_time_out_in_silence(string? ours, string? theirs)
    {
        TcpPair pair = new();
        pair.Listen().SetPeerOptions(TcpPair.ClientAddress, new StreamOptions { Md5Key = theirs });
        pair.Connect(new StreamOptions { Md5Key = ours });
        pair.RunMilliseconds(500);
        Assert.Empty(pair.ToClient.Seen);
        Assert.Equal(1, pair.Server.Root.Drops(DropReason.TcpMd5Failure));
    }

    private void AssertChallenged()
    {
        Assert.Equal(TcpState.Established, _pair.Accepted.State);
        ObservedSegment challenge = Assert.Single(_pair.ToClient.Seen);
        Assert.Equal(TcpFlags.Ack, challenge.Flags);
        Assert.Equal(_ack, challenge.Sequence);
        Assert.Equal(_next, challenge.Acknowledgment);
        Assert.Equal(1, _pair.ServerTcp.Counters.ChallengeAcks);
    }
}
