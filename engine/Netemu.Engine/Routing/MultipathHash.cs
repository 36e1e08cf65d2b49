using Netemu.Core.Addresses;

namespace Netemu.Engine.Routing;

/// <summary>
/// The hash that spreads flows over the members of a multipath route (fib_multipath_hash). As in the kernel it is the same for
/// both directions of a flow (flow_hash_from_keys sorts the ends), and every host has a secret of its own, so that routers in a
/// row do not all choose alike.
/// </summary>
internal static class MultipathHash
{
    /// <summary>What is hashed beside the addresses: nothing, or protocol and ports as <see cref="TransportKey"/> packs them.</summary>
    public static uint Of<TAddress>(TAddress source, TAddress destination, ulong transport, ulong secret)
        where TAddress : struct, IIPAddress<TAddress>
    {
        ulong a = Fold(source);
        ulong b = Fold(destination);
        if (source.CompareTo(destination) > 0)
        {
            (a, b) = (b, a);
            transport = TransportKey.Swap(transport);
        }

        ulong hash = Mix(secret ^ a);
        hash = Mix(hash ^ b);
        return (uint)(Mix(hash ^ transport) >> 32);
    }

    private static ulong Fold<TAddress>(TAddress address)
        where TAddress : struct, IIPAddress<TAddress> => ((ulong)address.StableHash() * 0x9E37_79B9_7F4A_7C15UL) + 1;

    private static ulong Mix(ulong z)
    {
        z *= 0x9E37_79B9_7F4A_7C15UL;
        z = (z ^ (z >> 32)) * 0xD6E8_FEB8_6659_FD93UL;
        return z ^ (z >> 29);
    }
}
