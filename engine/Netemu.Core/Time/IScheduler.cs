namespace Netemu.Core.Time;

/// <summary>Virtual time and timers, injected into everything that would otherwise ask the machine.</summary>
public interface IScheduler
{
    /// <summary>The instant of the event that is being handled.</summary>
    SimTime Now { get; }

    /// <summary>
    /// Arms <paramref name="timer"/> for <paramref name="due"/>; an instant that has passed means now, after what is
    /// already due. A timer that is armed is moved.
    /// </summary>
    void Schedule(TimerEntry timer, SimTime due);

    /// <summary>Disarms <paramref name="timer"/>; does nothing if it is not armed.</summary>
    void Cancel(TimerEntry timer);
}
