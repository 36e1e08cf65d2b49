using Netemu.Core.Addresses;

namespace Netemu.Felix.Rendering;

/// <summary>`[!] -s NET` or `[!] -d NET`.</summary>
public readonly record struct NetMatch(InternetPrefix Net, bool IsSource, bool IsNegated = false)
{
    public override string ToString() => $"{(IsNegated ? "! " : string.Empty)}{(IsSource ? "-s" : "-d")} {Net}";
}
