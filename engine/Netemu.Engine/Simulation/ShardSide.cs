using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Netemu.Engine.Simulation;

/// <summary>
/// Shards no two of which share a link, and which of them have work. A network whose shards are all on two sides can run
/// them by turns; in any other all are on one.
/// </summary>
internal sealed class ShardSide
{
    private readonly List<Shard> _active = [];
    private Shard[] _visits = [];

    /// <summary>The earliest work of its shards, timers in the wheel not counted.</summary>
    public long NextWork { get; private set; } = long.MaxValue;

    /// <summary>A shard has work at <paramref name="time"/>, which is earlier than all that it had.</summary>
    public void NoteWork(Shard shard, long time)
    {
        NextWork = Math.Min(NextWork, time);
        if (!shard.IsActive)
        {
            shard.IsActive = true;
            _active.Add(shard);
        }
    }

    /// <summary>A shard that was collected has run.</summary>
    public void NoteVisited(Shard shard) => NextWork = Math.Min(NextWork, shard.NextTime);

    /// <summary>
    /// The shards with work before <paramref name="end"/>; <see cref="NextWork"/> is that of the others until they have run. Those
    /// that were left without any stay in the list until they are met here.
    /// </summary>
    public Span<Shard> CollectDue(long end)
    {
        if (_visits.Length < _active.Count)
        {
            Array.Resize(ref _visits, Math.Max(_active.Count, _visits.Length * 2));
        }

        int count = 0;
        int kept = 0;
        NextWork = long.MaxValue;
        foreach (Shard shard in CollectionsMarshal.AsSpan(_active))
        {
            long next = shard.NextTime;
            if (next == long.MaxValue)
            {
                shard.IsActive = false;
                continue;
            }

            _active[kept++] = shard;
            if (next < end)
            {
                _visits[count++] = shard;
            }
            else
            {
                NextWork = Math.Min(NextWork, next);
            }
        }

        _active.RemoveRange(kept, _active.Count - kept);
        return _visits.AsSpan(0, count);
    }
}
