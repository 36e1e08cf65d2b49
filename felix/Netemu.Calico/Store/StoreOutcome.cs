namespace Netemu.Calico.Store;

/// <summary>What became of a write.</summary>
public enum StoreOutcome : byte
{
    /// <summary>All operations of the transaction were applied, at one revision.</summary>
    Applied,

    /// <summary>A comparison did not hold: nothing was applied.</summary>
    Conflict,
}
