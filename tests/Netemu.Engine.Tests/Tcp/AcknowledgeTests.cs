using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>
/// When data is acknowledged. What is expected was seen with tcpdump between two programs in namespaces of Linux 6.18, joined by
/// a veth, TCP_NODELAY set: '>' goes to the server, '&lt;' to the client, a number is a length, A a bare acknowledgment, and (n) the
/// milliseconds of waiting before it.
/// </summary>
public sealed class AcknowledgeTests
{
    private readonly TcpPair _pair = new();
    private readonly TcpConnection _client;

    public AcknowledgeTests()
    {
        _client = _pair.Establish();
        _client.NoDelay = true;
        _pair.Accepted.NoDelay = true;
        _pair.ToClient.Seen.Clear();
        _pair.ToServer.Seen.Clear();
    }

    [Fact]
    public void Answers_take_acknowledgments_along_once_there_has_been_one()
    {
        int left = 5;
        _pair.ServerOwner.Readable = stream => stream.Write(TcpPair.Pattern(50));
        _pair.ClientOwner.Readable = stream =>
        {
            if (left-- > 0)
            {
                stream.Write(TcpPair.Pattern(60));
            }
        };
        _client.Write(TcpPair.Pattern(60));
        _pair.RunMilliseconds(200);
        Assert.Equal(">60 <A <50 >A >60 <50 >60 <50 >60 <50 >60 <50 >60 <50 (40)>A", Pattern());
        Assert.Equal(1, _pair.ClientTcp.Counters.DelayedAcks);
    }

    [Fact]
    public void Both_speak_at_once_as_speakers_of_BGP_do()
    {
        Queue<int> client = new([19, 100]);
        Queue<int> server = new([19, 100]);
        _pair.ClientOwner.Readable = stream => SendNext(stream, client);
        _pair.ServerOwner.Readable = stream => SendNext(stream, server);
        _client.Write(TcpPair.Pattern(57));
        _pair.Accepted.Write(TcpPair.Pattern(57));
        _pair.RunMilliseconds(200);
        Assert.Equal(["57", "A", "19", "100", "(40)A"], Direction(_pair.ToServer));
        Assert.Equal(["57", "A", "19", "100", "(40)A"], Direction(_pair.ToClient));
    }

    [Fact]
    public void Small_segments_of_a_monologue_are_acknowledged_when_they_have_been_read()
    {
        for (int i = 0; i < 24; i++)
        {
            _client.Write(TcpPair.Pattern(50));
            _pair.RunMilliseconds(10);
        }

        Assert.Equal(string.Join(' ', Enumerable.Repeat(">50 <A", 24)), Pattern());
        Assert.Equal(0, _pair.ServerTcp.Counters.DelayedAcks);
    }

    [Fact]
    public void A_dialogue_that_ends_waits_once()
    {
        int left = 2;
        _pair.ServerOwner.Readable = stream =>
        {
            if (left >= 0)
            {
                stream.Write(TcpPair.Pattern(50));
            }
        };
        _pair.ClientOwner.Readable = stream =>
        {
            if (--left >= 0)
            {
                stream.Write(TcpPair.Pattern(60));
            }
            else
            {
                left = -1;
            }
        };
        _client.Write(TcpPair.Pattern(60));
        _pair.RunMilliseconds(100);
        Assert.Equal(">60 <A <50 >A >60 <50 >60 <50 (40)>A", Pattern());

        _pair.ToClient.Seen.Clear();
        _pair.ToServer.Seen.Clear();
        for (int i = 0; i < 3; i++)
        {
            _client.Write(TcpPair.Pattern(60));
            _pair.RunMilliseconds(100);
        }

        Assert.Equal(">60 (40)<A >60 <A >60 <A", Pattern());
    }

    [Fact]
    public void Two_writes_that_are_read_together_are_acknowledged_in_a_dialogue_too()
    {
        _pair.ServerOwner.Readable = stream => stream.Write(TcpPair.Pattern(50));
        _client.Write(TcpPair.Pattern(60));
        _pair.RunMilliseconds(100);
        _pair.ServerOwner.Readable = null;
        _pair.ServerOwner.Reads = false;
        _pair.ToClient.Seen.Clear();
        _pair.ToServer.Seen.Clear();
        _client.Write(TcpPair.Pattern(60));
        _client.Write(TcpPair.Pattern(60));
        _pair.RunMilliseconds(2);
        Assert.Equal(">60 >60", Pattern());
        _pair.ServerOwner.ReadAll(_pair.Accepted);
        _pair.RunMilliseconds(2);
        Assert.Equal(">60 >60 <A", Pattern());
    }

    [Fact]
    public void What_nobody_reads_is_acknowledged_after_forty_milliseconds_once_the_start_is_over()
    {
        _pair.ServerOwner.Reads = false;
        for (int i = 0; i < 16; i++)
        {
            _client.Write(TcpPair.Pattern(50));
            _pair.RunMilliseconds(10);
        }

        _pair.ToClient.Seen.Clear();
        _pair.ToServer.Seen.Clear();
        _client.Write(TcpPair.Pattern(50));
        _pair.RunMilliseconds(100);
        Assert.Equal(">50 (40)<A", Pattern());
        Assert.Equal(1, _pair.ServerTcp.Counters.DelayedAcks);
    }

    [Fact]
    public void A_FIN_is_acknowledged_by_the_one_that_answers_it()
    {
        _client.ShutdownWrite();
        _pair.RunMilliseconds(100);
        Assert.Equal(">F <F >A", Pattern());
    }

    [Fact]
    public void A_FIN_without_an_answer_is_acknowledged_as_data_would_be()
    {
        _pair.Accepted.AllowHalfOpen = true;
        _client.Write(TcpPair.Pattern(50));
        _pair.RunMilliseconds(10);
        _client.ShutdownWrite();
        _pair.RunMilliseconds(100);
        Assert.Equal(">50 <A >F (40)<A", Pattern());
    }

    [Fact]
    public void A_segment_that_comes_again_ends_the_dialogue()
    {
        _pair.ServerOwner.Readable = stream => stream.Write(TcpPair.Pattern(50));
        _client.Write(TcpPair.Pattern(60));
        _pair.RunMilliseconds(100);
        _pair.ServerOwner.Readable = null;
        ObservedSegment old = _pair.ToServer.Seen.First(s => s.Payload.Length == 60);
        _pair.Inject(_client, old.Sequence, old.Acknowledgment, TcpFlags.Ack | TcpFlags.Psh, old.Payload);
        _pair.ToClient.Seen.Clear();
        _pair.ToServer.Seen.Clear();
        _client.Write(TcpPair.Pattern(60));
        _pair.RunMilliseconds(100);
        Assert.Equal(">60 <A", Pattern());
    }

    private static void SendNext(IByteStream stream, Queue<int> lengths)
    {
        if (lengths.TryDequeue(out int length))
        {
            stream.Write(TcpPair.Pattern(length));
        }
    }

    private static IEnumerable<string> Direction(SegmentFilter filter) => Render(filter.Seen.Select(s => ("", s)));

    /// <summary>Both directions, in the order of arrival.</summary>
    private string Pattern() => string.Join(
        ' ',
        Render(_pair.ToServer.Seen.Select(s => (">", s)).Concat(_pair.ToClient.Seen.Select(s => ("<", s))).OrderBy(s => s.s.Time)));

    private static IEnumerable<string> Render(IEnumerable<(string Way, ObservedSegment Segment)> segments)
    {
        SimTime before = default;
        foreach ((string way, ObservedSegment segment) in segments)
        {
            long waited = before == default ? 0 : (segment.Time - before).Milliseconds;
            before = segment.Time;
            string what = segment.Payload.Length > 0 ? $"{segment.Payload.Length}" : segment.Has(TcpFlags.Fin) ? "F" : "A";
            yield return waited is >= 39 and <= 42 ? $"(40){way}{what}" : way + what;
        }
    }
}
