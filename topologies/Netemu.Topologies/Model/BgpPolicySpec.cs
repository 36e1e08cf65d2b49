using System.Collections.Generic;

namespace Netemu.Topologies.Model;

/// <summary>A named list of policy terms, tried in order; what no term decides is rejected unless the last one is empty.</summary>
public sealed class BgpPolicySpec : Spec
{
    public string Name { get; internal set; } = string.Empty;

    public IReadOnlyList<BgpPolicyTermSpec> Terms { get; internal set; } = [];
}
