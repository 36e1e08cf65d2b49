using System;

namespace Netemu.Core.Time;

/// <summary>A timer that calls a delegate made once, for owners with more than one timer.</summary>
public sealed class CallbackTimer(Action callback) : TimerEntry
{
    public override void Expire() => callback();
}
