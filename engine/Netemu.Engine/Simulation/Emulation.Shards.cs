using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Engine.Links;

namespace Netemu.Engine.Simulation;

/// <content>Which nodes run together: the shards, made anew after a change of nodes, links or delays.</content>
public sealed partial class Emulation
{
    internal Shard ShardOf(Node node)
    {
        EnsureStructure();
        return node.Shard;
    }

    /// <summary>Puts nodes that links of less than 1 us join into one shard, and finds the window's length.</summary>
    private void EnsureStructure()
    {
        if (!_structureChanged)
        {
            return;
        }

        _structureChanged = false;
        int[] parent = [.. Enumerable.Range(0, _nodes.Count)];
        _window = LongestWindow;
        foreach (Link link in _links)
        {
            int a = Find(parent, link.A.Node.Index);
            int b = Find(parent, link.B.Node.Index);
            if (link.DelayNanoseconds < ShardBoundary)
            {
                parent[Math.Max(a, b)] = Math.Min(a, b);
            }
            else
            {
                _window = Math.Min(_window, link.DelayNanoseconds);
            }
        }

        foreach (Shard shard in _shards)
        {
            shard.Drain();
            shard.Dissolve();
        }

        _shards.Clear();
        Dictionary<int, Shard> byRoot = [];
        foreach (Node node in _nodes)
        {
            int root = Find(parent, node.Index);
            if (!byRoot.TryGetValue(root, out Shard? shard))
            {
                shard = new Shard(this) { NowNanoseconds = _now };
                byRoot.Add(root, shard);
                _shards.Add(shard);
            }

            shard.Add(node);
        }

        ChooseRegions();
        ChooseSides();
        foreach (Link link in _links)
        {
            Reactivate(link.AToB);
            Reactivate(link.BToA);
        }
    }

    /// <summary>
    /// Parts the shards at links of <see cref="RegionBoundary"/> windows and more, if there are any, and puts what is left together
    /// into regions of <see cref="ShardRegion.LeastShards"/> and more, in the order of declaration.
    /// </summary>
    private void ChooseRegions()
    {
        int[] parent = [.. Enumerable.Range(0, _nodes.Count)];
        int[] size = new int[_nodes.Count];
        foreach (Link link in _links)
        {
            if (link.DelayNanoseconds < RegionBoundary * _window)
            {
                int a = Find(parent, link.A.Node.Shard.FirstNode);
                int b = Find(parent, link.B.Node.Shard.FirstNode);
                parent[Math.Max(a, b)] = Math.Min(a, b);
            }
        }

        foreach (Shard shard in _shards)
        {
            size[Find(parent, shard.FirstNode)]++;
        }

        _active.Clear();
        _lookahead = long.MaxValue;
        ShardRegion region = new();
        Dictionary<int, ShardRegion> byRoot = [];
        foreach (Shard shard in _shards)
        {
            int root = Find(parent, shard.FirstNode);
            if (!byRoot.TryGetValue(root, out ShardRegion? own))
            {
                region = region.Shards < ShardRegion.LeastShards ? region : new ShardRegion();
                region.Shards += size[root];
                byRoot.Add(root, own = region);
            }

            shard.Region = own;
        }

        foreach (Link link in _links)
        {
            ShardRegion a = link.A.Node.Shard.Region;
            ShardRegion b = link.B.Node.Shard.Region;
            if (!ReferenceEquals(a, b))
            {
                _lookahead = Math.Min(_lookahead, link.DelayNanoseconds);
            }
            else if (link.DelayNanoseconds >= ShardBoundary)
            {
                a.Window = Math.Min(a.Window, link.DelayNanoseconds);
            }
        }
    }

    /// <summary>
    /// Puts the shards of each region on two sides such that every link longer than the boundary joins one to the other; all on one
    /// side if there is a circle of an odd number of shards, or such a link inside a shard.
    /// </summary>
    private void ChooseSides()
    {
        // A shard's root, and whether it is on the root's side: a union-find of its own, by the first node of each shard.
        int[] parent = [.. Enumerable.Range(0, _nodes.Count)];
        bool[] differs = new bool[_nodes.Count];
        foreach (Link link in _links)
        {
            ShardRegion region = link.A.Node.Shard.Region;
            if (link.DelayNanoseconds < ShardBoundary || !ReferenceEquals(region, link.B.Node.Shard.Region))
            {
                continue;
            }

            (int a, bool aDiffers) = FindSide(parent, differs, link.A.Node.Shard.FirstNode);
            (int b, bool bDiffers) = FindSide(parent, differs, link.B.Node.Shard.FirstNode);
            if (a != b)
            {
                parent[b] = a;
                differs[b] = aDiffers == bDiffers;
            }
            else if (aDiffers == bDiffers)
            {
                region.HasTwoSides = false;
            }
        }

        foreach (Shard shard in _shards)
        {
            shard.Side = shard.Region.HasTwoSides && FindSide(parent, differs, shard.FirstNode).Differs ? 1 : 0;
        }
    }

    private static (int Root, bool Differs) FindSide(int[] parent, bool[] differs, int index)
    {
        bool differ = false;
        while (parent[index] != index)
        {
            int above = parent[index];
            differs[index] ^= differs[above];
            parent[index] = parent[above];
            differ ^= differs[index];
            index = parent[index];
        }

        return (index, differ);
    }

    private static void Reactivate(LinkChannel channel)
    {
        channel.Shard = channel.Receiver.Node.Shard;
        if (!channel.IsEmpty)
        {
            channel.Shard.Activate(channel);
        }
    }

    private static int Find(int[] parent, int index)
    {
        while (parent[index] != index)
        {
            parent[index] = parent[parent[index]];
            index = parent[index];
        }

        return index;
    }
}
