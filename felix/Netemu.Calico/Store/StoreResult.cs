namespace Netemu.Calico.Store;

/// <summary>The outcome of a write and the store's revision after it.</summary>
public readonly record struct StoreResult(StoreOutcome Outcome, long Revision)
{
    public bool IsApplied => Outcome == StoreOutcome.Applied;
}
