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
        _active.Clear();
        _nextWork = long.MaxValue;
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

        foreach (Link link in _links)
        {
            Reactivate(link.AToB);
            Reactivate(link.BToA);
        }
    }

    private static void Reactivate(LinkChannel channel)
    {
        if (!channel.IsEmpty)
        {
            channel.Receiver.Node.Shard.Activate(channel);
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
