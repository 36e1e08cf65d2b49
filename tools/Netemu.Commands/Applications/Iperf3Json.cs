using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Netemu.Core.Time;
using Netemu.Engine.Programs.Iperf3;

namespace Netemu.Commands.Applications;

/// <summary>iperf3 -J: the same tree of names as the real one's (iperf_api.c).</summary>
internal static class Iperf3Json
{
    public static string Write(Iperf3Client client, Iperf3Settings settings)
    {
        Iperf3Test test = client.Test!;
        Iperf3Totals totals = new(test);
        JsonObject end = new() { ["streams"] = Array(Enumerable.Range(0, test.Own.Count).Select(i => EndStream(test, totals, i))) };
        if (settings.Udp)
        {
            end["sum"] = Datagrams(totals.AllReceived, sender: test.IsSender);
        }

        end["sum_sent"] = settings.Udp ? Datagrams(totals.AllSent with { Jitter = 0 }, true) : Stream(totals.AllSent, true, test.IsSender);
        end["sum_received"] = settings.Udp ? Datagrams(totals.AllReceived, false) : Stream(totals.AllReceived, false, test.IsSender);
        end["cpu_utilization_percent"] = new JsonObject
        {
            ["host_total"] = 0,
            ["host_user"] = 0,
            ["host_system"] = 0,
            ["remote_total"] = 0,
            ["remote_user"] = 0,
            ["remote_system"] = 0,
        };
        if (!settings.Udp)
        {
            end["sender_tcp_congestion"] = test.IsSender ? test.Congestion : test.OtherCongestion;
            end["receiver_tcp_congestion"] = test.IsSender ? test.OtherCongestion : test.Congestion;
        }

        return Print(new JsonObject
        {
            ["start"] = Start(client, settings, test),
            ["intervals"] = Array(test.Intervals.Select(i => Interval(test, i))),
            ["end"] = end,
        });
    }

    public static string WriteError(string message) => Print(new JsonObject
    {
        ["start"] = new JsonObject { ["connected"] = new JsonArray(), ["version"] = "iperf 3.12" },
        ["intervals"] = new JsonArray(),
        ["end"] = new JsonObject(),
        ["error"] = $"error - {message}",
    });

    private static JsonObject Start(Iperf3Client client, Iperf3Settings settings, Iperf3Test test)
    {
        JsonObject start = new()
        {
            ["connected"] = Array(test.Connections.Select((c, i) => new JsonObject
            {
                ["socket"] = Socket(i),
                ["local_host"] = c.Local.ToString(),
                ["local_port"] = c.LocalPort,
                ["remote_host"] = c.Remote.ToString(),
                ["remote_port"] = c.RemotePort,
            })),
            ["version"] = "iperf 3.12",
            ["timestamp"] = new JsonObject { ["timesecs"] = test.Started.Nanoseconds / 1_000_000_000 },
            ["connecting_to"] = new JsonObject { ["host"] = settings.Host, ["port"] = settings.Port },
            ["cookie"] = client.Cookie,
        };
        if (!settings.Udp)
        {
            start["tcp_mss_default"] = client.SegmentSize;
        }

        start["target_bitrate"] = settings.Bitrate;
        start["test_start"] = new JsonObject
        {
            ["protocol"] = settings.Udp ? "UDP" : "TCP",
            ["num_streams"] = settings.Parallel,
            ["blksize"] = test.Length,
            ["omit"] = 0,
            ["duration"] = settings.Time.Nanoseconds / 1_000_000_000,
            ["bytes"] = settings.Bytes,
            ["blocks"] = settings.Blocks,
            ["reverse"] = settings.Reverse ? 1 : 0,
            ["tos"] = settings.TypeOfService,
            ["target_bitrate"] = settings.Bitrate,
        };
        return start;
    }

    private static JsonObject Interval(Iperf3Test test, IReadOnlyList<Iperf3Interval> streams)
    {
        Iperf3Counts sum = streams.Aggregate(default(Iperf3Counts), (total, s) => total + s.Counts);
        return new JsonObject
        {
            ["streams"] = Array(streams.Select(s =>
            {
                JsonObject stream = Span(Socket(s.Stream), s.Start, s.End, s.Counts.Bytes);
                AddCounts(test, stream, s.Counts, s.Jitter);
                if (test is { IsSender: true, Settings.Udp: false })
                {
                    stream["snd_cwnd"] = s.Window;
                    stream["rtt"] = s.RoundTrip;
                    stream["rttvar"] = s.RoundTripVariation;
                    stream["pmtu"] = s.PathMtu;
                }

                stream["omitted"] = false;
                stream["sender"] = test.IsSender;
                return stream;
            })),
            ["sum"] = Sum(),
        };

        JsonObject Sum()
        {
            JsonObject total = Span(null, streams[0].Start, streams[0].End, sum.Bytes);
            AddCounts(test, total, sum, streams[0].Jitter);
            total["omitted"] = false;
            total["sender"] = test.IsSender;
            return total;
        }
    }

    private static void AddCounts(Iperf3Test test, JsonObject target, Iperf3Counts counts, long jitter)
    {
        if (test.Settings.Udp && !test.IsSender)
        {
            target["jitter_ms"] = jitter / 1_000_000m;
            target["lost_packets"] = counts.Lost;
            target["packets"] = counts.Packets;
            target["lost_percent"] = Share(counts);
        }
        else if (test.Settings.Udp)
        {
            target["packets"] = counts.Packets;
        }
        else if (test.IsSender)
        {
            target["retransmits"] = counts.Retransmits;
        }
    }

    private static JsonObject EndStream(Iperf3Test test, Iperf3Totals totals, int index)
    {
        if (test.Settings.Udp)
        {
            JsonObject udp = Datagrams(totals.Received(index), test.IsSender);
            udp.Insert(0, "socket", Socket(index));
            return new JsonObject { ["udp"] = udp };
        }

        JsonObject sender = Stream(totals.Sent(index), true, test.IsSender);
        JsonObject receiver = Stream(totals.Received(index), false, test.IsSender);
        sender.Insert(0, "socket", Socket(index));
        receiver.Insert(0, "socket", Socket(index));
        if (test.IsSender)
        {
            List<Iperf3Interval> mine = [.. test.Intervals.Select(i => i[index])];
            sender["max_snd_cwnd"] = mine.Count == 0 ? 0 : mine.Max(i => i.Window);
            sender["max_rtt"] = mine.Count == 0 ? 0 : mine.Max(i => i.RoundTrip);
            sender["min_rtt"] = mine.Count == 0 ? 0 : mine.Min(i => i.RoundTrip);
            sender["mean_rtt"] = mine.Count == 0 ? 0 : mine.Sum(i => i.RoundTrip) / mine.Count;
        }

        return new JsonObject { ["sender"] = sender, ["receiver"] = receiver };
    }

    private static JsonObject Stream(Iperf3StreamResult result, bool sent, bool isSender)
    {
        JsonObject stream = Span(null, Duration.Zero, Time(result), result.Counts.Bytes);
        if (sent)
        {
            stream["retransmits"] = result.Counts.Retransmits;
        }

        stream["sender"] = isSender;
        return stream;
    }

    private static JsonObject Datagrams(Iperf3StreamResult result, bool sender)
    {
        JsonObject stream = Span(null, Duration.Zero, Time(result), result.Counts.Bytes);
        stream["jitter_ms"] = result.Jitter / 1_000_000m;
        stream["lost_packets"] = result.Counts.Lost;
        stream["packets"] = result.Counts.Packets;
        stream["lost_percent"] = Share(result.Counts);
        stream["sender"] = sender;
        return stream;
    }

    private static JsonObject Span(int? socket, Duration start, Duration end, long bytes)
    {
        JsonObject span = [];
        if (socket is { } number)
        {
            span["socket"] = number;
        }

        decimal seconds = (end - start).Nanoseconds / 1_000_000_000m;
        span["start"] = Number(start.Nanoseconds / 1_000_000_000m);
        span["end"] = Number(end.Nanoseconds / 1_000_000_000m);
        span["seconds"] = Number(seconds);
        span["bytes"] = bytes;
        span["bits_per_second"] = seconds == 0 ? 0 : Number(decimal.Round(bytes * 8 / seconds, 6));
        return span;
    }

    private static Duration Time(Iperf3StreamResult result) => Duration.FromNanoseconds((long)(result.Seconds * 1_000_000_000));

    private static decimal Share(Iperf3Counts counts) =>
        counts.Packets == 0 ? 0 : Number(decimal.Round(100m * counts.Lost / counts.Packets, 6));

    /// <summary>The number without trailing zeros.</summary>
    private static decimal Number(decimal value) => value / 1.0000000000000000000000000000m;

    private static int Socket(int stream) => 5 + (2 * stream);

    private static JsonArray Array(IEnumerable<JsonObject> items)
    {
        JsonArray array = [];
        foreach (JsonObject item in items)
        {
            array.Add((JsonNode)item);
        }

        return array;
    }

    private static string Print(JsonObject tree)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter writer = new(bytes, new JsonWriterOptions { Indented = true, IndentCharacter = '\t', IndentSize = 1 }))
        {
            tree.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan) + "\n";
    }
}
