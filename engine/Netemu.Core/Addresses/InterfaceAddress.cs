using System;
using System.Globalization;

namespace Netemu.Core.Addresses;

/// <summary>An address with the length of its on-link prefix, as `ip addr add` takes it: host bits are kept.</summary>
public readonly record struct InterfaceAddress<TAddress>(TAddress Address, int Length)
    where TAddress : struct, IIPAddress<TAddress>
{
    public Prefix<TAddress> Prefix => new(Address, Length);

    /// <summary>Parses "address/length", or an address alone with the full length.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out InterfaceAddress<TAddress> result)
    {
        result = default;
        int slash = text.IndexOf('/');
        int length = TAddress.Bits;
        if (slash >= 0 && (text.Length - slash > 4
            || (text.Length - slash > 2 && text[slash + 1] == '0')
            || !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length)
            || length > TAddress.Bits))
        {
            return false;
        }

        if (!TAddress.TryParse(slash >= 0 ? text[..slash] : text, out TAddress address))
        {
            return false;
        }

        result = new InterfaceAddress<TAddress>(address, length);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{Length}");
}
