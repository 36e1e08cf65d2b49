namespace Netemu.Engine.Netfilter.Rules;

/// <summary>Packets and bytes of IP that a rule, or a chain's policy, has matched.</summary>
public readonly record struct CounterValue(long Packets, long Bytes);
