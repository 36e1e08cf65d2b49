namespace Netemu.Engine.Netfilter.Rules;

/// <summary>A kind of SCTP chunk (RFC 9260 section 3.2), with flags that must be set and flags that must not be.</summary>
public readonly record struct SctpChunk(byte Type, byte FlagMask = 0, byte Flags = 0);
