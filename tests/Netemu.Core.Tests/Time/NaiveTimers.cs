using System.Collections.Generic;

namespace Netemu.Core.Tests.Time;

/// <summary>The oracle of the schedulers: an unordered list that is searched for its least entry every time.</summary>
internal sealed class NaiveTimers
{
    private readonly List<(long Due, long Sequence, int Id)> _armed = [];
    private long _sequence;

    public long Now { get; private set; }

    public int Count => _armed.Count;

    public void Schedule(int id, long due)
    {
        Cancel(id);
        _armed.Add((long.Max(due, Now), ++_sequence, id));
    }

    public void Cancel(int id) => _armed.RemoveAll(timer => timer.Id == id);

    /// <summary>Fires what is due up to <paramref name="end"/>; a timer fires anew after <paramref name="period"/>, if that is not 0.</summary>
    public void RunUntil(long end, long[] period, List<(long At, int Id)> fired)
    {
        while (true)
        {
            _armed.Sort();
            if (_armed.Count == 0 || _armed[0].Due > end)
            {
                break;
            }

            (long due, _, int id) = _armed[0];
            _armed.RemoveAt(0);
            Now = due;
            fired.Add((due, id));
            if (period[id] > 0)
            {
                Schedule(id, due + period[id]);
            }
        }

        Now = end;
    }
}
