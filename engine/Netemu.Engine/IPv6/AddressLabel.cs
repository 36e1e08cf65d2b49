using System.Collections.Immutable;
using Netemu.Core.Addresses;

namespace Netemu.Engine.IPv6;

/// <summary>The labels of source address selection: the policy table that Linux boots with (net/ipv6/addrlabel.c; RFC 6724).</summary>
internal static class AddressLabel
{
    private static readonly ImmutableArray<(Prefix<IPv6Address> Prefix, int Label)> Table =
    [
        (Prefix<IPv6Address>.Parse("::1/128"), 0),
        (Prefix<IPv6Address>.Parse("::ffff:0:0/96"), 4),
        (Prefix<IPv6Address>.Parse("::/96"), 3),
        (Prefix<IPv6Address>.Parse("2001::/32"), 6),
        (Prefix<IPv6Address>.Parse("2001:10::/28"), 7),
        (Prefix<IPv6Address>.Parse("2002::/16"), 2),
        (Prefix<IPv6Address>.Parse("3ffe::/16"), 12),
        (Prefix<IPv6Address>.Parse("fec0::/10"), 11),
        (Prefix<IPv6Address>.Parse("fc00::/7"), 5),
        (Prefix<IPv6Address>.Default, 1),
    ];

    public static int Of(IPv6Address address)
    {
        foreach ((Prefix<IPv6Address> prefix, int label) in Table)
        {
            if (prefix.Contains(address))
            {
                return label;
            }
        }

        return 1;
    }
}
