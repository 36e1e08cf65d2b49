using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>
/// Small numbers for the addresses of neighbours: in a mesh a thousand speakers name the same thousand, in the same order. So
/// the address after the one that was asked for last is looked at first.
/// </summary>
internal sealed class AddressTable
{
    private readonly Dictionary<InternetAddress, int> _numbers = [];
    private InternetAddress[] _addresses = new InternetAddress[16];
    private int _following;

    public InternetAddress this[int number] => _addresses[number];

    public int Count => _numbers.Count;

    public bool TryFind(InternetAddress address, out int number)
    {
        number = _following;
        bool found = (number < Count && _addresses[number] == address) || _numbers.TryGetValue(address, out number);
        _following = found ? number + 1 : _following;
        return found;
    }

    /// <summary>The number of an address, which it gets now if it has none.</summary>
    public int NumberOf(InternetAddress address)
    {
        if (TryFind(address, out int known))
        {
            return known;
        }

        int number = Count;
        if (number == _addresses.Length)
        {
            Array.Resize(ref _addresses, number * 2);
        }

        _addresses[number] = address;
        _numbers.Add(address, number);
        return number;
    }
}
