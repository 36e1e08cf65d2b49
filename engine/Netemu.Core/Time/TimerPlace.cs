namespace Netemu.Core.Time;

/// <summary>Where a timer waits.</summary>
internal enum TimerPlace
{
    /// <summary>Nowhere: it is not armed.</summary>
    None,

    /// <summary>In a <see cref="TimingWheel"/>.</summary>
    Wheel,

    /// <summary>In a <see cref="TimerBatch"/>.</summary>
    Batch,
}
