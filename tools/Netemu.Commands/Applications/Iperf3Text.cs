using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Programs.Iperf3;

namespace Netemu.Commands.Applications;

/// <summary>iperf3's lines for people (iperf_locale.c): of a client with its settings, or of a server.</summary>
internal sealed class Iperf3Text(StringBuilder output, Iperf3Settings? settings) : IIperf3Observer
{
    private const string Rule = "- - - - - - - - - - - - - - - - - - - - - - - - -\n";
    private const string ServerRule = "-----------------------------------------------------------\n";

    private int _tests;
    private int _intervals;

    private bool IsServer => settings is null;

    public void Listening(ushort port) =>
        output.Append(ServerRule).Append(CultureInfo.InvariantCulture, $"Server listening on {port} (test #{++_tests})\n").Append(ServerRule);

    public void Accepted(InternetAddress address, ushort port) =>
        output.Append(CultureInfo.InvariantCulture, $"Accepted connection from {address}, port {port}\n");

    public void Started(Iperf3Test test)
    {
        _intervals = 0;
        if (settings is not null)
        {
            output.Append(CultureInfo.InvariantCulture, $"Connecting to host {settings.Host}, port {settings.Port}\n");
            if (settings.Reverse)
            {
                output.Append(CultureInfo.InvariantCulture, $"Reverse mode, remote host {settings.Host} is sending\n");
            }
        }

        for (int i = 0; i < test.Connections.Count; i++)
        {
            Iperf3Connection c = test.Connections[i];
            output.Append(
                CultureInfo.InvariantCulture,
                $"[{Number(i),3}] local {c.Local} port {c.LocalPort} connected to {c.Remote} port {c.RemotePort}\n");
        }

        output.Append("[ ID] Interval           Transfer     Bitrate").Append(
            test.Settings.Udp
                ? test.IsSender ? "         Total Datagrams\n" : "         Jitter    Lost/Total Datagrams\n"
                : test.IsSender ? "         Retr  Cwnd\n" : "\n");
    }

    public void Interval(Iperf3Test test, IReadOnlyList<Iperf3Interval> ended)
    {
        if (_intervals++ > 0 && ended.Count > 1)
        {
            output.Append(Rule);
        }

        foreach (Iperf3Interval interval in ended)
        {
            Head($"{Number(interval.Stream),3}", interval.Start, interval.End, interval.Counts.Bytes);
            IntervalTail(test, interval);
        }

        if (ended.Count > 1)
        {
            Iperf3Counts sum = ended.Aggregate(default(Iperf3Counts), (total, i) => total + i.Counts);
            Head("SUM", ended[0].Start, ended[0].End, sum.Bytes);
            SumTail(test, sum, ended[0].Jitter);
        }
    }

    public void Ended(Iperf3Test test)
    {
        if (test.Connections.Count > 1 || _intervals > 0)
        {
            output.Append(Rule);
        }

        output.Append("[ ID] Interval           Transfer     Bitrate").Append(
            test.Settings.Udp
                ? "         Jitter    Lost/Total Datagrams\n"
                : test.IsSender || !IsServer ? "         Retr\n" : "\n");
        Iperf3Totals totals = new(test);
        for (int i = 0; i < test.Own.Count; i++)
        {
            if (test.IsSender || !IsServer)
            {
                Final(test, $"{Number(i),3}", totals.Sent(i), sender: true);
            }

            if (!test.IsSender || !IsServer)
            {
                Final(test, $"{Number(i),3}", totals.Received(i), sender: false);
            }
        }

        if (test.Own.Count > 1)
        {
            if (test.IsSender || !IsServer)
            {
                Final(test, "SUM", totals.AllSent, sender: true);
            }

            if (!test.IsSender || !IsServer)
            {
                Final(test, "SUM", totals.AllReceived, sender: false);
            }
        }
    }

    private void IntervalTail(Iperf3Test test, Iperf3Interval interval)
    {
        Iperf3Counts c = interval.Counts;
        output.Append(CultureInfo.InvariantCulture, $"{(test.Settings.Udp, test.IsSender) switch
        {
            (true, true) => $"  {c.Packets}  ",
            (true, false) => $"  {Iperf3Units.Milliseconds(interval.Jitter)} ms  {c.Lost}/{c.Packets} ({Iperf3Units.Percent(c.Lost, c.Packets)}%)  ",
            (false, true) => $"  {c.Retransmits,3}   {Iperf3Units.Bytes(interval.Window)}s       ",
            _ => "                  ",
        }}\n");
    }

    private void SumTail(Iperf3Test test, Iperf3Counts sum, long jitter) =>
        output.Append(CultureInfo.InvariantCulture, $"{(test.Settings.Udp, test.IsSender) switch
        {
            (true, true) => $"  {sum.Packets}  ",
            (true, false) => $"  {Iperf3Units.Milliseconds(jitter)} ms  {sum.Lost}/{sum.Packets} ({Iperf3Units.Percent(sum.Lost, sum.Packets)}%)  ",
            (false, true) => $"  {sum.Retransmits,3}             ",
            _ => "                  ",
        }}\n");

    private void Final(Iperf3Test test, string id, Iperf3StreamResult result, bool sender)
    {
        Iperf3Counts c = result.Counts;
        Head(id, Duration.Zero, Duration.FromNanoseconds((long)(result.Seconds * 1_000_000_000)), c.Bytes);
        string who = sender ? "sender" : "receiver";
        if (test.Settings.Udp)
        {
            long lost = sender ? 0 : c.Lost;
            string jitter = Iperf3Units.Milliseconds(sender ? 0 : result.Jitter);
            output.Append(CultureInfo.InvariantCulture, $"  {jitter} ms  {lost}/{c.Packets} ({Iperf3Units.Percent(lost, c.Packets)}%)  {who}\n");
        }
        else
        {
            output.Append(CultureInfo.InvariantCulture, $"{(sender ? $"  {c.Retransmits,3}             " : "                  ")}{who}\n");
        }
    }

    private void Head(string id, Duration start, Duration end, long bytes) => output.Append(
        CultureInfo.InvariantCulture,
        $"[{id}] {Iperf3Units.Seconds(start),6}-{Iperf3Units.Seconds(end),-6} sec  {Iperf3Units.Bytes(bytes)}s  {Iperf3Units.Bits(bytes, end - start)}s/sec");

    /// <summary>The numbers that the real one has from its descriptors: 5, 7, 9 of a client, 5, 8, 10 of a server.</summary>
    private int Number(int stream) => 5 + (2 * stream) + (IsServer && stream > 0 ? 1 : 0);
}
