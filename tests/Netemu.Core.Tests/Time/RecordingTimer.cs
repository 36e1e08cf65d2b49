using System.Collections.Generic;
using Netemu.Core.Time;

namespace Netemu.Core.Tests.Time;

/// <summary>A timer that notes when it fired and, if it has a period, arms itself again.</summary>
internal sealed class RecordingTimer(EventLoop loop, int id, long period, List<(long At, int Id)> fired) : TimerEntry
{
    public override void Expire()
    {
        fired.Add((loop.Now.Nanoseconds, id));
        if (period > 0)
        {
            loop.Schedule(this, loop.Now + Duration.FromNanoseconds(period));
        }
    }
}
