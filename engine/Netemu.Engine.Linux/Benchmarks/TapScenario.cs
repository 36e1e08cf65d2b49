using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Bridging;
using Netemu.Engine.Edges;
using Netemu.Engine.Frames;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Linux.Benchmarks;

/// <summary>
/// Packets of the kernel through an emulated bridge and back into the kernel, in real time: read from one TAP, received,
/// forwarded, written to another. Either small ones one by one, or super-packets of 64 KiB that are cut and joined.
/// </summary>
/// <remarks>
/// <code>
/// generator (own thread, packet socket) -> kernel: tap A -> engine: edge A -> bridge -> edge B -> kernel: tap B, no one there
/// </code>
/// </remarks>
public sealed class TapScenario
{
    private const int SmallFrame = 60;
    private const int InFlight = 128;
    private const int EthernetAndIPv4AndTcp = 14 + 20 + 32;

    private static readonly MacAddress Source = MacAddress.Parse("02:00:00:00:0a:01");
    private static readonly MacAddress Destination = MacAddress.Parse("02:00:00:00:0b:01");

    private readonly string _name;
    private readonly byte[] _packet;
    private readonly int _mtu;
    private readonly bool _offloads;
    private readonly bool _isFloor;
    private bool _readsOnly;

    private TapScenario(string name, byte[] packet, int mtu, bool offloads, bool isFloor)
    {
        _isFloor = isFloor;
        _name = name;
        _packet = packet;
        _mtu = mtu;
        _offloads = offloads;
    }

    /// <summary>Frames of 60 bytes, one in each system call.</summary>
    /// <param name="isFloor">Only the system calls, without the emulation: what this machine's kernel costs.</param>
    public static TapScenario OneByOne(bool isFloor) =>
        new(isFloor ? "tap-single-floor" : "tap-single", Packets.Datagram(Source, Destination, SmallFrame), 1500, offloads: false, isFloor);

    /// <summary>TCP super-packets with the segments of an MTU.</summary>
    public static TapScenario WithOffloads(int mtu, bool isFloor)
    {
        int segment = mtu - (EthernetAndIPv4AndTcp - 14);
        int segments = (65_535 - EthernetAndIPv4AndTcp) / segment;
        return new TapScenario(
            isFloor ? $"tap-offload-{mtu}-floor" : $"tap-offload-{mtu}",
            Packets.SuperPacket(Source, Destination, segment, segments * segment),
            mtu,
            offloads: true,
            isFloor);
    }

    /// <summary>The same, into the emulation only: cut, summed, received and hashed by a host for which they are not.</summary>
    public static TapScenario ReadOnly(int mtu)
    {
        TapScenario forward = WithOffloads(mtu, isFloor: false);
        return new TapScenario($"tap-read-{mtu}", forward._packet, mtu, offloads: true, isFloor: false) { _readsOnly = true };
    }

    /// <summary>Runs for so long, after a tenth of it to warm up. Throws <see cref="KernelException"/> without a privilege.</summary>
    public TapFigures Run(Duration length)
    {
        string id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        using KernelNamespace left = KernelNamespace.OpenOrCreate($"netemu-bench-a{id}");
        using KernelNamespace right = KernelNamespace.OpenOrCreate($"netemu-bench-b{id}");
        using KernelEdge a = KernelEdge.OpenTap(left, new TapOptions { Name = "a", Mtu = _mtu, Mac = Source, Offloads = _offloads });
        using KernelEdge b = KernelEdge.OpenTap(right, new TapOptions { Name = "b", Mtu = _mtu, Mac = Destination, Offloads = _offloads });
        using SafeFileHandle generator = KernelEdge.OpenPacketSocket(left, "a", receives: false);
        Emulation emulation = new(EmulationOptions.Default);
        EdgeDevice edge = Build(emulation, a, b, _readsOnly);
        using RealTimePace pace = new(RealTimeSpeed.Normal);
        pace.Add(edge);
        emulation.Pace = pace;

        using CancellationTokenSource end = new();
        Thread thread = new(() => Generate(generator, a, end.Token));
        thread.Start();
        try
        {
            Run(emulation, a, b, new Duration(length.Nanoseconds / 10));
            (long packets, long frames, long bytes) = Count(emulation, a, b);
            long wall = Stopwatch.GetTimestamp();
            long windows = emulation.Windows;
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long cpu = ThreadTime();
            Run(emulation, a, b, length);
            (long packetsNow, long framesNow, long bytesNow) = Count(emulation, a, b);
            return new TapFigures(
                _name,
                packetsNow - packets,
                framesNow - frames,
                bytesNow - bytes,
                Stopwatch.GetElapsedTime(wall).Ticks * 100,
                ThreadTime() - cpu,
                emulation.Windows - windows,
                GC.GetAllocatedBytesForCurrentThread() - allocated);
        }
        finally
        {
            end.Cancel();
            thread.Join();
        }
    }

    private (long Packets, long Frames, long Bytes) Count(Emulation emulation, KernelEdge a, KernelEdge b)
    {
        FrameAccounting frames = emulation.Frames.Accounting;
        return _readsOnly ? (a.PacketsRead, frames.Dropped, a.BytesRead) : (b.PacketsWritten, frames.Delivered, b.BytesWritten);
    }

    private void Run(Emulation emulation, KernelEdge a, KernelEdge b, Duration length)
    {
        if (!_isFloor)
        {
            emulation.RunUntil(emulation.Now + length);
            return;
        }

        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).Ticks * 100 < length.Nanoseconds)
        {
            _ = a.Relay(b);
        }
    }

    private static EdgeDevice Build(Emulation emulation, KernelEdge a, KernelEdge b, bool readsOnly)
    {
        Node node = emulation.AddNode("switch");
        BridgeDevice bridge = new(node.Root, "br0");
        bridge.SetUp(true);
        EdgeDevice left = new(node.Root, "a", mtu: 9000);
        EdgeDevice right = new(node.Root, "b", mtu: 9000);
        foreach ((EdgeDevice device, KernelEdge edge) in ((EdgeDevice, KernelEdge)[])[(left, a), (right, b)])
        {
            device.SetUp(true);
            if (!readsOnly)
            {
                bridge.AddPort(device);
            }

            device.Attach(edge);
        }

        return left;
    }

    private static long ThreadTime()
    {
        Interop.Check(Interop.clock_gettime(Interop.CLOCK_THREAD_CPUTIME_ID, out Interop.timespec time), "clock_gettime");
        return (time.tv_sec * 1_000_000_000) + time.tv_nsec;
    }

    /// <summary>As fast as it is read: the TAP's queue always holds something, and never overflows.</summary>
    private unsafe void Generate(SafeFileHandle socket, KernelEdge reader, CancellationToken end)
    {
        long sent = 0;
        fixed (byte* packet = _packet)
        {
            while (!end.IsCancellationRequested)
            {
                if (sent - Volatile.Read(ref reader.ReadCount) >= InFlight)
                {
                    Thread.SpinWait(50);
                }
                else if (Interop.write(socket, packet, _packet.Length) > 0)
                {
                    sent++;
                }
            }
        }
    }
}
