using System;

namespace Netemu.Engine.Netfilter.Rules;

/// <summary>What `-m hashlimit` keeps apart (XT_HASHLIMIT_HASH_*), in the order in which iptables writes it.</summary>
[Flags]
public enum HashLimitModes : byte
{
    None = 0,
    SourceAddress = 1,
    SourcePort = 2,
    DestinationAddress = 4,
    DestinationPort = 8,
}
