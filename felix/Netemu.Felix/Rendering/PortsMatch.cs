using System.Collections.Generic;
using Netemu.Calico.Resources;

namespace Netemu.Felix.Rendering;

/// <summary>`-m multiport [!] --sports LIST` or --dports; at most 15 entries, a range counts two.</summary>
public sealed record PortsMatch(IReadOnlyList<PortMatch> Ports, bool IsSource, bool IsNegated = false)
{
    public override string ToString() =>
        $"-m multiport {(IsNegated ? "! " : string.Empty)}{(IsSource ? "--sports" : "--dports")} {string.Join(",", Ports)}";
}
