using System;

namespace Netemu.Topologies.Experiments;

/// <summary>What a cell may ask of the machine: whether to stop, and what time it took (for measured columns only).</summary>
/// <param name="IsInterrupted">True once the user wants to stop; the cell then throws <see cref="OperationCanceledException"/>.</param>
/// <param name="Clock">Wall time in nanoseconds.</param>
public sealed record ExperimentContext(Func<bool> IsInterrupted, Func<long> Clock)
{
    /// <summary>Called when a cell has measured its heap and begins to build: what it allocates from now on stays for a while.</summary>
    public Action BeginBuilding { get; init; } = static () => { };

    public void ThrowIfInterrupted()
    {
        if (IsInterrupted())
        {
            throw new OperationCanceledException();
        }
    }
}
