using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Capture;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Testing;
using Xunit.Abstractions;

namespace Netemu.Live.Tests.Tap;

/// <summary>
/// The emulated TCP against Linux's, through a TAP: bytes both ways over paths that are clean, lossy, reordered, long,
/// small and narrow. Content is hashed at both ends; every segment is watched.
/// </summary>
[Trait("Category", "Live")]
public sealed class TcpTransferTests(ITestOutputHelper output)
{
    internal const string HostAddress = "10.9.0.2";
    internal const string KernelAddress = "10.1.0.2";
    private const int Port = 5001;
    private const long Length = 100_000_000;

    /// <summary>Longer than any timeout that one loss in a hundred explains.</summary>
    private static readonly Duration Stall = Duration.FromSeconds(5);

    private static readonly Lazy<string> s_expected = new(() => TransferContent.Expected(Length));

    public static TheoryData<string, bool, bool> Cases
    {
        get
        {
            TheoryData<string, bool, bool> cases = [];
            // The other paths take minutes: tests/run --soak.
            bool soak = Environment.GetEnvironmentVariable("NETEMU_SOAK") == "1";
            foreach (TransferPath path in TransferPath.All.Where(p => soak || p.Name == "clean"))
            {
                cases.Add(path.Name, true, true);
                cases.Add(path.Name, false, true);
                cases.Add(path.Name, true, false);
                cases.Add(path.Name, false, false);
            }

            return cases;
        }
    }

    [RootTheory]
    [MemberData(nameof(Cases))]
    public void A_hundred_megabytes_arrive_unchanged_and_by_the_rules(string name, bool kernelSends, bool kernelConnects)
    {
        TransferPath path = TransferPath.All.Single(p => p.Name == name);
        using TapNetwork network = Build(path, out Node host, out PathHook? hook);
        NetDevice device = host.Root.FindDevice("eth0")!;
        SegmentWatch watch = new(device);
        string file = Path.GetTempFileName();
        try
        {
            using (PacketCapture capture = new(network.Emulation, File.Create(file), snapLength: 96))
            {
                capture.Add(device);
                if (kernelSends)
                {
                    ToEmulation(network, host, path, kernelConnects);
                }
                else
                {
                    ToKernel(network, host, path, kernelConnects);
                }

                hook?.Clear();
            }

            output.WriteLine(
                $"{watch.Segments} segments, sent again: {watch.Retransmissions} by the emulation, {watch.KernelRetransmissions} by the kernel; "
                + $"lost {hook?.Lost}, held back {hook?.Reordered}; at most {network.Pace.MaximumLag.Nanoseconds / 1000} us behind");
            Assert.Empty(watch.Violations);
            if (path.IsClean)
            {
                // Behind the clock by more than the least timeout (200 ms), acknowledgments come too late, and what is
                // outstanding goes once more (RFC 6298 section 5; F-RTO would notice, and is not there).
                bool timesOut = network.Pace.MaximumLag.Nanoseconds > 200_000_000;
                // Both sides probe the tail after a few milliseconds of silence (RFC 8985): for each such probe the machine
                // had kept the engine waiting for that long.
                long probes = host.Root.Tcp.Counters.LossProbes;
                Assert.InRange(watch.Retransmissions, 0, path.Refused + probes + (timesOut ? watch.Segments / 20 : 0));
                Assert.InRange(probes, 0, network.Pace.LateWindows);
                Assert.InRange(watch.KernelRetransmissions, 0, network.Pace.LateWindows);
            }

            LookWithWireshark(file, path, mayRepeat: path.Refused > 0 || watch.Retransmissions > 0);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private void ToEmulation(TapNetwork network, Node host, TransferPath path, bool kernelConnects)
    {
        using StreamSink sink = new(host);
        if (kernelConnects)
        {
            Assert.NotNull(host.Root.Tcp.Listen(default, Port, sink, out _));
        }

        using Socket? listener = kernelConnects ? null : Listen(network, path);
        if (listener is not null)
        {
            host.Root.Tcp.Connect(InternetAddress.Parse(KernelAddress), Port, StreamOptions.Default, sink);
        }

        long start = Stopwatch.GetTimestamp();
        network.RunWhile(() =>
        {
            using Socket socket = listener?.Accept() ?? Connect(network, path);
            byte[] chunk = new byte[65_536];
            for (long sent = 0; sent < Length;)
            {
                int size = (int)Math.Min(chunk.Length, Length - sent);
                TransferContent.Fill(chunk.AsSpan(0, size), sent);
                sent += socket.Send(chunk.AsSpan(0, size));
            }

            socket.Shutdown(SocketShutdown.Send);
            return socket.Receive(chunk);
        });
        network.RunUntil(Duration.FromSeconds(2), () => sink.Ended is not null);
        Report(start, sink.LongestSilence);
        Assert.Equal(StreamCloseReason.EndOfStream, sink.Ended);
        Assert.Equal((Length, s_expected.Value), (sink.Count, sink.Hash));
        Assert.True(sink.LongestSilence.Nanoseconds < Stall.Nanoseconds, $"nothing came for {sink.LongestSilence}");
    }

    private void ToKernel(TapNetwork network, Node host, TransferPath path, bool kernelConnects)
    {
        StreamSource source = new(Length);
        if (kernelConnects)
        {
            Assert.NotNull(host.Root.Tcp.Listen(default, Port, source, out _));
        }

        using Socket? listener = kernelConnects ? null : Listen(network, path);
        if (listener is not null)
        {
            host.Root.Tcp.Connect(InternetAddress.Parse(KernelAddress), Port, StreamOptions.Default, source);
        }

        long start = Stopwatch.GetTimestamp();
        (long count, string hash, TimeSpan silence) = network.RunWhile(() =>
        {
            using Socket socket = listener?.Accept() ?? Connect(network, path);
            using TransferContent content = new();
            byte[] chunk = new byte[65_536];
            TimeSpan longest = TimeSpan.Zero;
            long last = Stopwatch.GetTimestamp();
            for (int read; (read = socket.Receive(chunk)) > 0;)
            {
                TimeSpan now = Stopwatch.GetElapsedTime(last);
                longest = now > longest ? now : longest;
                last = Stopwatch.GetTimestamp();
                content.Take(chunk.AsSpan(0, read));
            }

            return (content.Count, content.Hash(), longest);
        });
        network.RunUntil(Duration.FromMilliseconds(200), () => false);
        Report(start, new Duration(silence.Ticks * 100));
        Assert.Null(source.Failed);
        Assert.Equal((Length, s_expected.Value), (count, hash));
        Assert.True(silence.Ticks * 100 < Stall.Nanoseconds, $"nothing came for {silence}");
    }

    private void Report(long start, Duration silence)
    {
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        output.WriteLine($"{Length / seconds / 1e6:f1} MB/s, {seconds:f1} s, longest silence {silence.Nanoseconds / 1_000_000} ms");
    }

    private static Socket Connect(TapNetwork network, TransferPath path)
    {
        Socket socket = network.Socket(SocketType.Stream, ProtocolType.Tcp);
        SetBuffers(socket, path);
        socket.Connect(TapNetwork.EndPoint(HostAddress, Port));
        return socket;
    }

    private static Socket Listen(TapNetwork network, TransferPath path)
    {
        Socket socket = network.Socket(SocketType.Stream, ProtocolType.Tcp);
        SetBuffers(socket, path);
        socket.Bind(TapNetwork.EndPoint(KernelAddress, Port));
        socket.Listen();
        return socket;
    }

    private static void SetBuffers(Socket socket, TransferPath path)
    {
        socket.ReceiveTimeout = 30_000;
        socket.SendTimeout = 30_000;
        if (path.Window > 0)
        {
            socket.ReceiveBufferSize = path.Window;
        }
    }

    /// <summary>kernel - tap - r1 - (delay, MTU) - r2 - host.</summary>
    internal static TapNetwork Build(TransferPath path, out Node host, out PathHook? hook)
    {
        TapNetwork network = new();
        Node r1 = network.Network.Router("r1");
        Node r2 = network.Network.Router("r2");
        host = network.Network.Host("h");
        LinkOptions fast = new() { Delay = Duration.FromMicroseconds(5), RateBitsPerSecond = 0 };
        Link middle = network.Network.Join(r1, "10.2.0.1/24", r2, "10.2.0.2/24", fast with { Delay = path.Delay }, path.Mtu);
        Link last = network.Network.Join(r2, "10.9.0.1/24", host, $"{HostAddress}/24", fast);
        EmulatedNetwork.Route(host, "default", "10.9.0.1");
        EmulatedNetwork.Route(r2, "10.1.0.0/24", "10.2.0.1");
        EmulatedNetwork.Route(r1, "10.9.0.0/24", "10.2.0.2");
        if (path.Window > 0)
        {
            host.Root.WritableSettings.Tcp.ReceiveBuffer = path.Window;
        }

        network.AttachTap(r1, "10.1.0.1/24", $"{KernelAddress}/24", "10.1.0.1");
        hook = null;
        if (!path.IsClean)
        {
            Dictionary<NetDevice, MacAddress> peers = new() { [last.A] = last.B.Mac, [middle.B] = middle.A.Mac };
            hook = new PathHook(r2.Root, path.LossPermille, path.ReorderPermille, peers);
            r2.Root.WritableHooks().Add(Core.Addresses.AddressFamily.IPv4, HookPoint.Postrouting, 1000, hook);
        }

        return network;
    }

    /// <summary>
    /// What was acknowledged must have been seen; on a clean path nothing is lost, late or sent twice. A path that refuses
    /// an initial window for its size has holes by right, and what fills them overlaps them: there the watch alone judges.
    /// </summary>
    private void LookWithWireshark(string file, TransferPath path, bool mayRepeat)
    {
        if (ExternalTool.Find("tshark") is not { } tshark)
        {
            output.WriteLine("not looked at with tshark: not installed");
            return;
        }

        List<string> filters = ["_ws.malformed"];
        if (path.Refused == 0)
        {
            filters.Add("tcp.analysis.ack_lost_segment");
        }

        if (path.IsClean && path.Refused == 0)
        {
            filters.Add("tcp.analysis.lost_segment");
        }

        if (path.IsClean && !mayRepeat)
        {
            filters.Add("tcp.analysis.out_of_order");
            filters.Add($"(ip.src == {HostAddress} && tcp.analysis.retransmission)");
        }

        ExternalToolResult found = tshark.Run("-r", file, "-Y", string.Join(" || ", filters));
        Assert.True(found.ExitCode == 0, found.Error);
        Assert.True(found.Lines.Length == 0, string.Join('\n', found.Lines.Take(10)));
    }
}
