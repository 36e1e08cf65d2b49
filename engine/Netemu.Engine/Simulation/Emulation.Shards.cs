using System;
using System.Collections.Generic;
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
        int[] parent = new int[_nodes.Count];
        for (int i = 0; i < parent.Length; i++)
        {
            parent[i] = i;
        }

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
        _sides[0].Clear();
        _sides[1].Clear();
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

        ChooseSides();
        foreach (Link link in _links)
        {
            Reactivate(link.AToB);
            Reactivate(link.BToA);
        }
    }

    /// <summary>
    /// Puts the shards on two sides such that every link longer than the boundary joins one to the other; all on one side if
    /// there is a circle of an odd number of shards, or such a link inside a shard.
    /// </summary>
    private void ChooseSides()
    {
        // A shard's root, and whether it is on the root's side: a union-find of its own, by the first node of each shard.
        int[] parent = new int[_nodes.Count];
        bool[] differs = new bool[_nodes.Count];
        for (int i = 0; i < parent.Length; i++)
        {
            parent[i] = i;
        }

        _hasTwoSides = true;
        foreach (Link link in _links)
        {
            if (link.DelayNanoseconds < ShardBoundary)
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
                _hasTwoSides = false;
                break;
            }
        }

        foreach (Shard shard in _shards)
        {
            shard.Side = _hasTwoSides && FindSide(parent, differs, shard.FirstNode).Differs ? 1 : 0;
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
