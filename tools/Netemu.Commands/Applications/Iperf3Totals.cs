using System.Collections.Generic;
using System.Linq;
using Netemu.Engine.Programs.Iperf3;

namespace Netemu.Commands.Applications;

/// <summary>What was sent and what was received in a test, whichever side asks.</summary>
internal sealed class Iperf3Totals(Iperf3Test test)
{
    public Iperf3StreamResult AllSent => Sum(test.IsSender ? test.Own : test.Other);

    public Iperf3StreamResult AllReceived => Sum(test.IsSender ? test.Other : test.Own);

    public Iperf3StreamResult Sent(int stream) => Of(test.IsSender ? test.Own : test.Other, stream);

    public Iperf3StreamResult Received(int stream) => Of(test.IsSender ? test.Other : test.Own, stream);

    private static Iperf3StreamResult Of(IReadOnlyList<Iperf3StreamResult> results, int stream) =>
        stream < results.Count ? results[stream] : default;

    private static Iperf3StreamResult Sum(IReadOnlyList<Iperf3StreamResult> results) => results.Count == 0
        ? default
        : new Iperf3StreamResult(
            results.Aggregate(default(Iperf3Counts), (sum, r) => sum + r.Counts),
            results.Sum(r => r.Jitter) / results.Count,
            results.Max(r => r.Seconds));
}
