namespace Netemu.Bgp.Messages;

/// <summary>What an error in an UPDATE costs, mildest first (RFC 7606 section 2).</summary>
public enum ErrorSeverity : byte
{
    None,

    /// <summary>The attribute is dropped, the message goes on.</summary>
    AttributeDiscard,

    /// <summary>Every route of the message is handled as if it had been withdrawn.</summary>
    TreatAsWithdraw,

    /// <summary>NOTIFICATION, and the connection is closed.</summary>
    SessionReset,
}
