using System;
using System.Collections.Immutable;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Wire;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Netfilter.Evaluation;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Netfilter.Sets;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>Packets with random sources against one set of addresses, half of them in it: what `--match-set` costs by itself.</summary>
public static class IPSetScenario
{
    private const int Packets = 1 << 16;

    public static BenchFigures Run(int members, Func<long> clock, long budget)
    {
        Emulation emulation = new(EmulationOptions.Default);
        Node node = emulation.AddNode("n");
        IPSet set = node.Root.Netfilter.Sets.FindOrCreate("s", SetType.HashIP, AddressFamily.IPv4, members);
        RandomSource random = new(1, "bench/ipset");
        uint[] known = new uint[members];
        for (int i = 0; i < members; i++)
        {
            known[i] = random.NextUInt32();
            set.Add((InternetAddress)new IPv4Address(known[i]));
        }

        uint[] sources = new uint[Packets];
        for (int i = 0; i < Packets; i++)
        {
            sources[i] = (i & 1) == 0 ? known[random.NextBelow((uint)members)] : random.NextUInt32();
        }

        Frame frame = emulation.Frames.Rent(IPv4Stack.NetworkOffset + IPv4Header.MinimumSize + 8);
        IPv4Header.Write(
            frame.Bytes[IPv4Stack.NetworkOffset..], 0, IPv4Header.MinimumSize + 8, 0, 0, 64, IPProtocol.Udp, default, IPv4Address.Loopback);
        ImmutableArray<SetDirection> directions = [SetDirection.Source];
        long found = 0;
        long operations = 0;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = clock();
        long end = start + budget;
        while (clock() < end)
        {
            PacketView view = new(node.Root, HookPoint.Forward, AddressFamily.IPv4, frame, null, null);
            view.Read();
            foreach (uint source in sources)
            {
                view.SourceLow = source;
                found += set.Test(ref view, directions) ? 1 : 0;
            }

            operations += Packets;
        }

        long elapsed = clock() - start;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        frame.Deliver();
        return new BenchFigures($"ipset ({members} addresses)", operations, elapsed, allocated, (ulong)found);
    }
}
