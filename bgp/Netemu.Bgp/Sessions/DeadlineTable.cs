using System;
using System.Numerics;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>
/// The earliest deadline of each session of a speaker, by session number, and no later than the first of them when the
/// speaker has to look: a walk over the whole row finds those that are due. A deadline moves with every message (RFC 4271's
/// hold timer), so setting one is a single store; looking is rare, as a speaker's timers share its ticks.
/// </summary>
internal sealed class DeadlineTable
{
    private long[] _due = [];

    /// <summary>When to walk next: not later than the earliest deadline, and exact after <see cref="Recount"/>.</summary>
    public SimTime NextDue { get; private set; } = SimTime.Never;

    /// <summary>Makes room for a number of sessions at once.</summary>
    public void Reserve(int sessions)
    {
        int old = _due.Length;
        if (sessions > old)
        {
            // Whole vectors, so that the walk has no remainder.
            int whole = (sessions + Vector<long>.Count - 1) / Vector<long>.Count * Vector<long>.Count;
            Array.Resize(ref _due, whole);
            _due.AsSpan(old).Fill(SimTime.Never.Nanoseconds);
        }
    }

    /// <summary>Has the session come up at <paramref name="due"/>; at <see cref="SimTime.Never"/> it does not.</summary>
    public void Set(ushort session, SimTime due)
    {
        if (session >= _due.Length)
        {
            Reserve(Math.Max(session + 1, _due.Length * 2));
        }

        _due[session] = due.Nanoseconds;
        NextDue = due < NextDue ? due : NextDue;
    }

    /// <summary>The numbers of sessions that are due, in their order.</summary>
    /// <param name="now">This instant.</param>
    /// <param name="next">Where to look first, and where to go on.</param>
    /// <param name="due">Takes the numbers, as many as it has room for.</param>
    /// <returns>How many were found; 0 at the end.</returns>
    public int FindDue(SimTime now, ref int next, Span<ushort> due)
    {
        Vector<long> limit = new(now.Nanoseconds);
        int count = 0;
        while (next < _due.Length && count < due.Length)
        {
            bool isAtVector = next % Vector<long>.Count == 0;
            if (isAtVector && !Vector.LessThanOrEqualAny(new Vector<long>(_due, next), limit))
            {
                next += Vector<long>.Count;
                continue;
            }

            if (_due[next] <= now.Nanoseconds)
            {
                due[count++] = (ushort)next;
            }

            next++;
        }

        return count;
    }

    /// <summary>Reads a session's deadline, to have it in the cache.</summary>
    public int Touch(ushort session) => session < _due.Length ? (int)_due[session] : 0;

    /// <summary>Finds the earliest deadline: who was first has moved.</summary>
    public void Recount()
    {
        Vector<long> earliest = new(SimTime.Never.Nanoseconds);
        for (int session = 0; session < _due.Length; session += Vector<long>.Count)
        {
            earliest = Vector.Min(earliest, new Vector<long>(_due, session));
        }

        long first = SimTime.Never.Nanoseconds;
        for (int lane = 0; lane < Vector<long>.Count; lane++)
        {
            first = Math.Min(first, earliest[lane]);
        }

        NextDue = new SimTime(first);
    }
}
