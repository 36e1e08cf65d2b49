using System.Collections.Immutable;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <content>What stands under "router bgp" and in its families, by the tables of statements.</content>
public sealed partial class FrrReader
{
    /// <summary>Lines under "router bgp": those that open a block in it, its own, and those of IPv4.</summary>
    private bool ReadRouter(FrrWords words, bool negated)
    {
        if (words.Take("address-family"))
        {
            _family = words.Take("ipv6") ? AddressFamily.IPv6
                : words.Take("ipv4") ? AddressFamily.IPv4
                : throw new FrrSyntaxException("only ipv4 and ipv6 are supported");
            words.Take("unicast");
            return Leave(Context.Family);
        }

        return words.Take("bmp", "targets")
            ? ReadBmpTargetsLine(words, negated)
            : Read(FrrRouterStatements.All, words, AddressFamily.IPv4) || Read(FrrFamilyStatements.All, words, AddressFamily.IPv4);
    }

    private bool ReadFamily(FrrWords words) => Read(FrrFamilyStatements.All, words, _family);

    /// <summary>Reads a line that a table knows. False if it does not; then nothing has been taken.</summary>
    private bool Read(ImmutableArray<FrrRouterStatement> table, FrrWords words, AddressFamily family)
    {
        int start = words.Position;
        if (words.Take(table) is { } statement && statement.Read(new FrrScope(Router, family, configuration.IsDatacenter), words))
        {
            return true;
        }

        words.Position = start;
        return false;
    }
}
