using System;

namespace Netemu.Engine.Netfilter.Rules;

/// <summary>What `-m addrtype` can ask for: a bit per route type (RTN_*).</summary>
[Flags]
public enum AddressTypes : ushort
{
    None = 0,
    Unspecified = 1 << 0,
    Unicast = 1 << 1,
    Local = 1 << 2,
    Broadcast = 1 << 3,
    Anycast = 1 << 4,
    Multicast = 1 << 5,
    Blackhole = 1 << 6,
    Unreachable = 1 << 7,
    Prohibit = 1 << 8,
}
