using System;
using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Routing;

/// <summary>
/// The buckets of a resilient group (struct nh_res_table): a flow's hash picks a bucket, and the bucket has a member. When a
/// member goes, only its buckets move; when one comes, it gets buckets that have been idle, so that flows stay where they are.
/// </summary>
/// <remarks>
/// Buckets move to members that have fewer than their weight deserves, in the order of the group (nh_res_bucket_migrate). With an
/// unbalanced timer, busy buckets move as well once the group has been out of balance for so long.
/// </remarks>
public sealed class ResilientBuckets
{
    private readonly Node _node;
    private readonly NexthopObject _group;
    private readonly NexthopObject?[] _owners;
    private readonly int[] _members;
    private readonly SimTime[] _used;
    private readonly CallbackTimer _timer;
    private SimTime _unbalancedSince = SimTime.Never;

    internal ResilientBuckets(Node node, NexthopObject group, int count, Duration idleTime, Duration unbalancedTime)
    {
        _node = node;
        _group = group;
        _owners = new NexthopObject?[count];
        _members = new int[count];
        _used = new SimTime[count];
        _timer = new CallbackTimer(Balance);
        IdleTime = idleTime;
        UnbalancedTime = unbalancedTime;
        Array.Fill(_used, node.Now);
    }

    public int Count => _owners.Length;

    /// <summary>How long a bucket must see no packet before it may move.</summary>
    public Duration IdleTime { get; internal set; }

    /// <summary>How long the group may be out of balance before busy buckets move; 0 for ever.</summary>
    public Duration UnbalancedTime { get; internal set; }

    /// <summary>How long it has been out of balance.</summary>
    public Duration Unbalanced => _unbalancedSince == SimTime.Never ? Duration.Zero : _node.Now - _unbalancedSince;

    /// <summary>The member of a bucket, and how long it has seen no packet.</summary>
    public (NexthopObject Owner, Duration Idle) this[int index] => (_owners[index]!, _node.Now - _used[index]);

    /// <summary>The position in the group of the member that a flow goes to; its bucket is in use now.</summary>
    internal int Pick(uint hash)
    {
        int bucket = (int)(hash % (uint)_owners.Length);
        _used[bucket] = _node.Now;
        return _members[bucket];
    }

    internal void Stop()
    {
        if (_timer.IsArmed)
        {
            _node.Cancel(_timer);
        }
    }

    /// <summary>Moves what may move (nh_res_table_upkeep), and comes back when more may.</summary>
    internal void Balance()
    {
        List<NexthopObject> wanting = Wanting(out Dictionary<NexthopObject, int> surplus);
        bool isForced = _unbalancedSince != SimTime.Never && UnbalancedTime > Duration.Zero
            && _node.Now - _unbalancedSince >= UnbalancedTime;
        SimTime next = SimTime.Never;
        for (int i = 0; i < _owners.Length && wanting.Count > 0; i++)
        {
            NexthopObject? owner = _owners[i];
            bool isOrphan = owner is null || !surplus.TryGetValue(owner, out int over);
            over = isOrphan ? 1 : surplus[owner!];
            if (over <= 0)
            {
                continue;
            }

            SimTime idleAt = _used[i] + IdleTime;
            if (!isOrphan && !isForced && idleAt > _node.Now)
            {
                next = idleAt < next ? idleAt : next;
                continue;
            }

            Move(i, wanting, surplus);
        }

        Renumber();
        if (wanting.Count == 0)
        {
            _unbalancedSince = SimTime.Never;
            Stop();
            return;
        }

        _unbalancedSince = _unbalancedSince == SimTime.Never ? _node.Now : _unbalancedSince;
        if (UnbalancedTime > Duration.Zero && _unbalancedSince + UnbalancedTime < next)
        {
            next = _unbalancedSince + UnbalancedTime;
        }

        if (next != SimTime.Never)
        {
            _node.Schedule(_timer, next);
        }
    }

    private void Move(int bucket, List<NexthopObject> wanting, Dictionary<NexthopObject, int> surplus)
    {
        if (_owners[bucket] is { } loser && surplus.TryGetValue(loser, out int over))
        {
            surplus[loser] = over - 1;
        }

        NexthopObject winner = wanting[0];
        _owners[bucket] = winner;
        _used[bucket] = _node.Now;
        if (++surplus[winner] >= 0)
        {
            wanting.RemoveAt(0);
        }
    }

    /// <summary>
    /// The members with fewer buckets than they want, in the kernel's order (the last of the group first), and for each member
    /// how many it has too many.
    /// </summary>
    private List<NexthopObject> Wanting(out Dictionary<NexthopObject, int> surplus)
    {
        surplus = [];
        long total = 0;
        foreach ((NexthopObject _, int weight) in _group.Members)
        {
            total += weight;
        }

        List<NexthopObject> wanting = [];
        long sum = 0;
        long before = 0;
        foreach ((NexthopObject member, int weight) in _group.Members)
        {
            // DIV_ROUND_CLOSEST of the running sum (nh_res_group_rebalance).
            sum += weight;
            long bound = ((_owners.Length * sum) + (total / 2)) / total;
            long has = Array.FindAll(_owners, o => ReferenceEquals(o, member)).LongLength;
            surplus.Add(member, (int)(has - (bound - before)));
            if (has < bound - before)
            {
                wanting.Insert(0, member);
            }

            before = bound;
        }

        return wanting;
    }

    private void Renumber()
    {
        for (int i = 0; i < _owners.Length; i++)
        {
            int position = 0;
            for (int m = 0; m < _group.Members.Count; m++)
            {
                position = ReferenceEquals(_group.Members[m].Hop, _owners[i]) ? m : position;
            }

            _members[i] = position;
        }
    }
}
