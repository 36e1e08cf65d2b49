using System;
using System.IO;
using Netemu.Core.Time;
using Netemu.Engine.Pcapng;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// Frames of 64 bytes from 32 interfaces, with direction, into a pcapng file that is begun anew every 4 million frames. The
/// time to write and to flush counts, the time to empty the file does not.
/// </summary>
public static class PcapngScenario
{
    private const int Interfaces = 32;
    private const int FrameLength = 64;
    private const int FramesPerFile = 4_000_000;

    /// <summary>Writes whole files until the clock has advanced by <paramref name="budget"/> nanoseconds in them.</summary>
    public static BenchFigures Run(Stream stream, Func<long> clock, long budget)
    {
        byte[] frame = new byte[FrameLength];
        long frames = 0;
        long spent = 0;
        long allocated = 0;
        double best = double.MaxValue;
        while (spent < budget)
        {
            stream.SetLength(0);
            using PcapngWriter writer = new(stream, leaveOpen: true);
            for (int i = 0; i < Interfaces; i++)
            {
                writer.AddInterface(new PcapngInterface($"node{i}:eth0"));
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = clock();
            for (int i = 0; i < FramesPerFile; i++)
            {
                frame[i & (FrameLength - 1)]++;
                PcapngDirection direction = (i & 1) == 0 ? PcapngDirection.Outbound : PcapngDirection.Inbound;
                writer.Write(i & (Interfaces - 1), new SimTime(i * 100L), frame, direction);
            }

            writer.Flush();
            long elapsed = clock() - start;
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            best = Math.Min(best, (double)elapsed / FramesPerFile);
            frames += FramesPerFile;
            spent += elapsed;
        }

        return new BenchFigures("pcapng", frames, spent, allocated, (ulong)stream.Length, best);
    }
}
