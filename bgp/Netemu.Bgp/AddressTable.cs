using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>Small numbers for the addresses of neighbours: in a mesh a thousand speakers name the same thousand.</summary>
internal sealed class AddressTable
{
    private readonly Dictionary<InternetAddress, int> _numbers = [];
    private InternetAddress[] _addresses = new InternetAddress[16];

    public InternetAddress this[int number] => _addresses[number];

    public bool TryFind(InternetAddress address, out int number) => _numbers.TryGetValue(address, out number);

    public int NumberOf(InternetAddress address)
    {
        if (!_numbers.TryGetValue(address, out int number))
        {
            number = _numbers.Count;
            if (number == _addresses.Length)
            {
                Array.Resize(ref _addresses, number * 2);
            }

            _addresses[number] = address;
            _numbers.Add(address, number);
        }

        return number;
    }
}
