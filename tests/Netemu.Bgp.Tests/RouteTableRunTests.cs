using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;

namespace Netemu.Bgp.Tests;

/// <summary>Rows that stand for runs of prefixes: nobody can see them but in what a table costs.</summary>
public sealed class RouteTableRunTests
{
    private const int Prefixes = 700;
    private const int Peers = 4;

    private readonly PathAttributeTable _attributes = new();
    private readonly PathAttributesBuilder _builder = new();

    [Fact]
    public void What_one_message_brings_for_new_prefixes_costs_one_row()
    {
        RouteTable table = NewTable();
        int[] announced = [10, 11, 12, 13, 20, 21, 3];

        Assert.Equal(7, table.Update(Path(peer: 1, med: 5), announced, new uint[7], 0));

        Assert.Equal(3, table.RowCount);
        Assert.Equal(7, table.PathCount);
        Assert.Equal(7, table.BestCount);
        Assert.Equal(announced, Changed(table));
        Assert.Equal(announced, Walk(table).Select(path => path.Prefix));
        Assert.All(announced, prefix => Assert.Equal(1, table[table.BestRow(prefix)].Peer));
        Assert.Equal(-1, table.BestRow(14));
    }

    [Theory]
    [InlineData(10, new[] { 11, 12, 13, 14 })]
    [InlineData(12, new[] { 10, 11, 13, 14 })]
    [InlineData(14, new[] { 10, 11, 12, 13 })]
    public void A_prefix_can_leave_a_run_at_any_place(int gone, int[] left)
    {
        RouteTable table = NewTable();
        table.Update(Path(peer: 1, med: 5), [10, 11, 12, 13, 14], new uint[5], 0);

        Assert.True(table.Withdraw(gone, 1, 0));

        Assert.Equal(left, Walk(table).Select(path => path.Prefix));
        Assert.Equal(-1, table.BestRow(gone));
        Assert.Equal(4, table.PathCount);
        Assert.Equal(4, table.BestCount);
    }

    [Fact]
    public void The_same_message_again_changes_nothing_and_other_attributes_change_the_whole_run_in_place()
    {
        RouteTable table = NewTable();
        int[] announced = [.. Enumerable.Range(250, 20)];
        table.Update(Path(peer: 1, med: 5), announced, new uint[20], 0);
        Forget(table);

        Assert.Equal(0, table.Update(Path(peer: 1, med: 5), announced, new uint[20], 0));
        Assert.Empty(Changed(table));

        Assert.Equal(0, table.Update(Path(peer: 1, med: 6), announced, new uint[20], 0));
        Assert.Equal(announced, Changed(table));
        Assert.Equal(1, table.RowCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_table_with_runs_says_what_a_table_with_a_row_a_path_says(long seed)
    {
        RandomSource random = new(seed, "runs");
        RouteTable runs = NewTable();
        RouteTable apart = NewTable();
        apart.TellApart();
        for (int step = 0; step < 600; step++)
        {
            Step(random, runs, apart);
            if (step % 10 == 0)
            {
                Compare(runs, apart);
            }

            if (random.NextBelow(4) == 0)
            {
                Forget(runs);
                Forget(apart);
            }
        }

        Assert.True(apart.PathCount > 0);
        runs.Clear();
        apart.Clear();
        Assert.Equal(0, _attributes.Count);
    }

    private void Step(RandomSource random, RouteTable runs, RouteTable apart)
    {
        ushort peer = (ushort)random.NextBelow(Peers);
        int prefix = (int)random.NextBelow(Prefixes);
        switch (random.NextBelow(16))
        {
            case < 9:
                int[] announced = Announced(random);
                RibPath path = Path(peer, med: (uint)random.NextBelow(3));
                if (random.NextBelow(6) == 0)
                {
                    (path.Flags, path.Verdict) = (PathFlags.Rejected, (byte)PathRejection.AsLoop);
                }

                Assert.Equal(
                    apart.Update(path, announced, new uint[announced.Length], 0),
                    runs.Update(path, announced, new uint[announced.Length], 0));
                break;
            case < 12:
                Assert.Equal(apart.Withdraw(prefix, peer, 0), runs.Withdraw(prefix, peer, 0));
                break;
            case 12:
                Assert.Equal(apart.MarkStale(peer), runs.MarkStale(peer));
                break;
            case 13:
                Assert.Equal(apart.RemovePeer(peer, onlyStale: true), runs.RemovePeer(peer, onlyStale: true));
                break;
            case 14 when random.NextBelow(8) == 0:
                Assert.Equal(apart.RemovePeer(peer), runs.RemovePeer(peer));
                break;
            case 14:
                PathRejection rejection = random.NextBelow(2) == 0 ? PathRejection.None : PathRejection.NextHopUnreachable;
                Reject(apart, peer, rejection);
                Reject(runs, peer, rejection);
                break;
            default:
                apart.Tidy();
                if (random.NextBelow(2) == 0)
                {
                    runs.Tidy();
                }

                break;
        }
    }

    /// <summary>As a next hop that is lost or comes back: all paths of a peer at once.</summary>
    private static void Reject(RouteTable table, ushort peer, PathRejection rejection)
    {
        for (int row = 0; row < table.RowCount; row++)
        {
            if (!table[row].IsFree && table[row].Peer == peer)
            {
                table.SetRejection(row, rejection);
            }
        }
    }

    private static int[] Announced(RandomSource random)
    {
        List<int> announced = [];
        while (announced.Count == 0 || random.NextBelow(3) > 0)
        {
            int first = (int)random.NextBelow(Prefixes - 40);
            announced.AddRange(Enumerable.Range(first, 1 + (int)random.NextBelow(40)));
        }

        return [.. announced.Distinct()];
    }

    private static void Compare(RouteTable runs, RouteTable apart)
    {
        Assert.Equal(apart.PathCount, runs.PathCount);
        Assert.Equal(apart.BestCount, runs.BestCount);
        Assert.Equal(apart.Version, runs.Version);
        Assert.Equal(Changed(apart), Changed(runs));
        Assert.Equal(Walk(apart), Walk(runs));
        for (int prefix = 0; prefix < Prefixes; prefix++)
        {
            Assert.Equal(Chain(apart, prefix), Chain(runs, prefix));
        }
    }

    private static List<int> Changed(RouteTable table)
    {
        List<int> changed = [];
        foreach ((int first, int count) in table.Changed)
        {
            changed.AddRange(Enumerable.Range(first, count));
        }

        return changed;
    }

    private static void Forget(RouteTable table)
    {
        foreach ((int first, int count) in table.Changed)
        {
            table.ClearChanged(first, count);
        }

        table.Changed.Clear();
    }

    private static List<(int Prefix, ushort Peer)> Walk(RouteTable table)
    {
        List<(int, ushort)> paths = [];
        foreach ((int prefix, int row) in table.Paths)
        {
            paths.Add((prefix, table[row].Peer));
        }

        return paths;
    }

    private static List<(ushort Peer, int Attributes, PathFlags Flags, byte Verdict)> Chain(RouteTable table, int prefix)
    {
        List<(ushort, int, PathFlags, byte)> chain = [];
        for (int row = table.FirstRow(prefix); row >= 0; row = table.NextRow(row))
        {
            chain.Add((table[row].Peer, table[row].Attributes, table[row].Flags, table[row].Verdict));
        }

        return chain;
    }

    private RibPath Path(ushort peer, uint med)
    {
        _builder.Clear();
        _builder.NextHop = new IPv4Address(0x0A000001u + peer);
        _builder.Med = med;
        return new RibPath { Peer = peer, Attributes = _builder.Intern(_attributes).Id };
    }

    private RouteTable NewTable() =>
        new(new IPv4PrefixTable(), _attributes, new RibPages(), new BestPathOptions(), new FixedPeers());

    private sealed class FixedPeers : IRibPeers
    {
        public IPv4Address IdentifierOf(ushort peer) => new(peer + 1u);

        public InternetAddress AddressOf(ushort peer) => new IPv4Address(0x0A000001u + peer);

        public uint MetricOf(InternetAddress nextHop) => 0;

        public bool IsSuppressed(AddressFamily family, int prefix) => false;
    }
}
