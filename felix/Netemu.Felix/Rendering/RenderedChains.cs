using System.Collections.Generic;
using Netemu.Calico.Resources;

namespace Netemu.Felix.Rendering;

/// <summary>What a policy or profile is rendered to in each family, by the settings that it was rendered with.</summary>
internal sealed class RenderedChains(FelixConfiguration configuration)
{
    public FelixConfiguration Configuration => configuration;

    public IReadOnlyList<Chain>? IPv4 { get; set; }

    public IReadOnlyList<Chain>? IPv6 { get; set; }
}
