using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;

namespace Netemu.Engine.Programs.Iperf3;

/// <summary>The results that both sides exchange at the end of a test (send_results, get_results).</summary>
internal sealed class Iperf3Results
{
    private readonly Dictionary<int, Iperf3StreamResult> _streams = [];

    /// <summary>cubic or reno, as the other side says; empty for UDP.</summary>
    public string Congestion { get; private set; } = string.Empty;

    /// <summary>What the other side says of a stream.</summary>
    public Iperf3StreamResult Of(int id) => _streams.GetValueOrDefault(id);

    public static JsonObject Write(IEnumerable<Iperf3Stream> streams, bool sender, string congestion, decimal seconds)
    {
        JsonArray list = [];
        foreach (Iperf3Stream stream in streams)
        {
            list.Add((JsonNode)new JsonObject
            {
                ["id"] = stream.Id,
                ["bytes"] = stream.Bytes,
                ["retransmits"] = sender && stream.Stream is not null ? stream.Retransmits : -1,
                ["jitter"] = stream.Jitter / 1_000_000_000m,
                ["errors"] = stream.Lost,
                ["packets"] = stream.Packets,
                ["start_time"] = 0,
                ["end_time"] = seconds,
            });
        }

        JsonObject results = new()
        {
            ["cpu_util_total"] = 0,
            ["cpu_util_user"] = 0,
            ["cpu_util_system"] = 0,
            ["sender_has_retransmits"] = sender && streams.Any(s => s.Stream is not null) ? 1 : sender ? 0 : -1,
        };
        if (congestion.Length > 0)
        {
            results["congestion_used"] = congestion;
        }

        results["streams"] = list;
        return results;
    }

    public static Iperf3Results Read(JsonObject message)
    {
        Iperf3Results results = new() { Congestion = message["congestion_used"]?.ToString() ?? string.Empty };
        foreach (JsonNode? node in message["streams"] as JsonArray ?? [])
        {
            if (node is JsonObject stream)
            {
                results._streams[(int)Math.Min(Count(stream, "id"), int.MaxValue)] = new Iperf3StreamResult(
                    new Iperf3Counts(Count(stream, "bytes"), Count(stream, "packets"), Count(stream, "errors"), Count(stream, "retransmits")),
                    (long)(Math.Clamp(Number(stream, "jitter"), 0, 1_000_000) * 1_000_000_000m),
                    Number(stream, "end_time"));
            }
        }

        return results;
    }

    /// <summary>
    /// A count of a message. Who cannot count retransmissions says -1, which the real one sends as an unsigned number, 2^64 - 1:
    /// that, and whatever else is out of range, counts as none.
    /// </summary>
    public static long Count(JsonObject message, string name) =>
        Number(message, name) is >= 0 and <= long.MaxValue and decimal number ? (long)number : 0;

    /// <summary>A number of a message; 0 where it is missing or none.</summary>
    public static decimal Number(JsonObject message, string name) =>
        message[name] is { } node
        && decimal.TryParse(node.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : 0;
}
