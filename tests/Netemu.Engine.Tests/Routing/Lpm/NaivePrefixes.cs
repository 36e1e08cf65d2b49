using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Tests.Routing.Lpm;

/// <summary>The oracle: a dictionary, and one probe per length from the longest down.</summary>
internal sealed class NaivePrefixes<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    private readonly Dictionary<Prefix<TAddress>, int> _values = [];

    public int Count => _values.Count;

    public IEnumerable<(Prefix<TAddress> Prefix, int Value)> Sorted =>
        _values.OrderBy(e => e.Key).Select(e => (e.Key, e.Value));

    public void Set(Prefix<TAddress> prefix, int value) => _values[prefix] = value;

    public void Remove(Prefix<TAddress> prefix) => _values.Remove(prefix);

    public int Find(Prefix<TAddress> prefix) => _values.GetValueOrDefault(prefix, -1);

    public int Lookup(TAddress address)
    {
        for (int length = TAddress.Bits; length >= 0; length--)
        {
            if (_values.TryGetValue(new Prefix<TAddress>(address, length), out int value))
            {
                return value;
            }
        }

        return -1;
    }
}
