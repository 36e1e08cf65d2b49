using Netemu.Core.Addresses;

namespace Netemu.Engine.Routing.Lpm;

/// <summary>A prefix and what it leads to: a value of at least zero, in a FIB the id of a next-hop group.</summary>
public readonly record struct PrefixEntry<TAddress>(Prefix<TAddress> Prefix, int Value)
    where TAddress : struct, IIPAddress<TAddress>;
