namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>What a table has decided on a packet.</summary>
internal enum TableVerdict : byte
{
    Accept,
    Drop,
    Reject,
    NatExhausted,
}
