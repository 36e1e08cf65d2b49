namespace Netemu.Engine.Tcp;

/// <summary>Where a sender stands with loss (TCP_CA_Open and its kin).</summary>
internal enum RecoveryPhase : byte
{
    /// <summary>Nothing is known to be lost.</summary>
    Open,

    /// <summary>Fast recovery (RFC 6582, RFC 6675).</summary>
    Recovery,

    /// <summary>After a timeout: slow start from the first byte that is not acknowledged.</summary>
    Loss,
}
