using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Peering;

/// <summary>
/// The BIRD configuration that confd would write on a node for one family: bird.cfg with what it includes, bird_ipam.cfg and
/// bird_aggr.cfg. It is rendered from the same configuration that the node's speaker is made of.
/// </summary>
public sealed class BirdConfiguration(BgpNodeConfiguration node, AddressFamily family)
{
    /// <summary>The largest 32-bit signed number: local preferences are counted down from it, priorities up.</summary>
    private const long PreferenceBase = 2_147_483_647;

    /// <summary>ipv4NormalRoutePriority: what is below it is preferred to ordinary routes.</summary>
    private const int NormalPriority = 1024;

    private const string AggregationFile = "bird_aggr.cfg";
    private const string AddressFile = "bird_ipam.cfg";

    private readonly StringBuilder _text = new();

    /// <summary>Sessions, templates and filters.</summary>
    public string Main()
    {
        _text.Clear();
        Communities();
        Line("template kernel kernel_template {");
        Line("  learn;");
        Line("  persist;");
        Line("  scan time 2;");
        Line("  import all;");
        Line("}");
        Line("template direct direct_template {");
        Line($"  debug {(node.LogsDebug ? "all" : "{ states }")};");
        string ignored = string.Concat(node.IgnoredInterfaces.Select(name => $"-\"{name}\", "));
        Line($"  interface {ignored}-\"cali*\", -\"kube-ipvs*\", \"*\";");
        Line("}");
        Line($"include \"{AggregationFile}\";");
        Line($"include \"{AddressFile}\";");
        Line($"router id {node.RouterId};");
        bool hasPort = node.ListenPort is not (0 or BgpConfiguration.DefaultListenPort);
        if (hasPort || node.BindsNodeIP)
        {
            InternetAddress? own = family == AddressFamily.IPv4 ? node.IPv4Address?.Address : node.IPv6Address?.Address;
            string bound = node.BindsNodeIP ? $" address {own}" : string.Empty;
            Line($"listen bgp{bound}{(hasPort ? $" port {node.ListenPort}" : string.Empty)};");
        }

        Line("protocol kernel from kernel_template {");
        Line("  export filter calico_kernel_programming;");
        Line("  graceful restart;");
        Line("  merge paths on;");
        Line("}");
        Line("protocol device {");
        Line($"  debug {(node.LogsDebug ? "all" : "{ states }")};");
        Line("  scan time 2;");
        Line("}");
        Line("protocol direct from direct_template {");
        Line("}");
        Line("template bgp bgp_template {");
        Line($"  debug {(node.LogsDebug ? "all" : "{ states, routes, filters, events }")};");
        Line("  description \"Connection to BGP peer\";");
        Line($"  local as {node.AsNumber};");
        Line("  gateway recursive;");
        Line("  add paths on;");
        Line("  graceful restart;");
        Line("  connect delay time 2;");
        Line("  connect retry time 5;");
        Line("  error wait time 5,30;");
        Line("}");
        foreach (BgpFilter filter in node.Filters)
        {
            Filter(filter);
        }

        foreach (BgpPeering peering in node.Peerings.Where(p => p.PeerAddress.Family == family))
        {
            Session(peering);
        }

        return _text.ToString();
    }

    /// <summary>What goes to peers, and what goes into the kernel.</summary>
    public string Addresses()
    {
        _text.Clear();
        Line("function reject_local_routes () {");
        Line("  if (defined(ifname)) then {");
        Line("     if (ifname ~ \"bpf*.cali\") then {");
        Line("        reject;");
        Line("     }");
        Line("  }");
        Line("}");
        Line("function calico_export_to_bgp_peers(bool internal_peer) {");
        foreach (IPPool pool in Pools().Where(p => p.DisableBgpExport))
        {
            Line($"  if (net ~ {pool.Cidr}) then {{ reject; }} # its pool is not exported");
        }

        Line("  if (internal_peer) then {");
        Line("    if (defined(ifname)) then {");
        string tunnel = family == AddressFamily.IPv4 && !node.ProgramsTunnels ? " || (ifname ~ \"tunl0\")" : string.Empty;
        Line($"      if ((ifname ~ \"*.cali\") || (ifname ~ \"*.calico\"){tunnel}) then {{");
        Line("        reject;");
        Line("      }");
        Line("    }");
        Line("  }");
        Line("  reject_local_routes();");
        Line("  apply_communities();");
        Line("  calico_aggr();");
        foreach (InternetPrefix prefix in StaticRoutes())
        {
            Line($"  if ( net ~ {prefix} ) then {{ accept; }}");
        }

        foreach (IPPool pool in Pools().Where(p => !p.DisableBgpExport))
        {
            Line($"  if (net ~ {pool.Cidr}) then {{ accept; }}");
        }

        Line("}");
        Line("filter calico_kernel_programming {");
        foreach (InternetPrefix range in node.ServiceRanges.Where(p => p.Family == family))
        {
            Line($"  if ( net ~ {range} ) then {{ reject; }}");
        }

        Line("  if (defined(source) && (source = RTS_BGP) && !defined(krt_metric)) then {");
        Line($"      krt_metric = {NormalPriority};");
        Line("      if (defined(bgp_local_pref)) then {");
        Line($"          krt_metric = {PreferenceBase} - bgp_local_pref;");
        Line("      }");
        Line($"      if (krt_metric < {NormalPriority}) then {{");
        Line("          preference = 200;");
        Line("      }");
        Line("  }");
        foreach (KernelRouteRule rule in node.KernelRules.Where(r => r.Cidr.Family == family))
        {
            Line($"  if (net ~ {rule.Cidr}) then {{ {KernelAction(rule)} }}");
        }

        Line("  accept;");
        Line("}");
        return _text.ToString();
    }

    /// <summary>The node's own blocks: announced whole, nothing inside them.</summary>
    public string Aggregation()
    {
        _text.Clear();
        Line("template static static_template {");
        foreach (InternetPrefix block in Blocks())
        {
            Line($"   route {block} blackhole;");
        }

        foreach (InternetPrefix prefix in StaticRoutes())
        {
            Line($"   route {prefix} blackhole;");
        }

        Line("}");
        Line("protocol static from static_template {");
        Line("}");
        Line("function calico_aggr ()");
        Line("{");
        foreach (InternetPrefix block in Blocks())
        {
            Line($"      if ( net = {block} ) then {{ accept; }}");
            Line($"      if ( net ~ {block} && krt_metric < {NormalPriority} ) then {{ accept; }}");
            Line($"      if ( net ~ {block} ) then {{ reject; }}");
        }

        Line("}");
        return _text.ToString();
    }

    private IEnumerable<IPPool> Pools() => node.Pools.Where(pool => pool.Cidr.Family == family && !pool.Disabled);

    private IEnumerable<InternetPrefix> Blocks() => node.Blocks.Where(block => block.Family == family);

    private IEnumerable<InternetPrefix> StaticRoutes() => node.Originated
        .Where(p => p.Family == family && !node.Blocks.Contains(p) && !node.LearnedAddresses.Contains(p));

    private string KernelAction(KernelRouteRule rule) => rule.Action switch
    {
        KernelRouteAction.Leave => "reject;",
        KernelRouteAction.Tunnel => "krt_tunnel=\"tunl0\"; accept;",
        KernelRouteAction.TunnelAcrossSubnets when node.IPv4Address is { } own =>
            $"if (defined(bgp_next_hop)&&(bgp_next_hop ~ {own.Prefix})) then krt_tunnel=\"\"; else krt_tunnel=\"tunl0\"; accept;",
        _ => "accept;",
    };

    private void Communities()
    {
        Line("function apply_communities ()");
        Line("{");
        foreach ((InternetPrefix cidr, IReadOnlyList<string> values) in node.Communities)
        {
            if (cidr.Family != family)
            {
                continue;
            }

            Line($"      if ( net ~ {cidr} ) then {{");
            foreach (string value in values)
            {
                Line($"          {AddCommunity(value)}");
            }

            Line("      }");
        }

        Line("}");
    }

    private static string AddCommunity(string value)
    {
        string[] parts = value.Split(':');
        string name = parts.Length == 3 ? "bgp_large_community" : "bgp_community";
        return $"{name}.add(({string.Join(", ", parts)}));";
    }

    private void Filter(BgpFilter filter)
    {
        foreach ((string direction, bool isImport) in new[] { ("import", true), ("export", false) })
        {
            IReadOnlyList<BgpFilterRule> rules = RulesOf(filter, isImport);
            if (rules.Count == 0)
            {
                continue;
            }

            string argument = rules.Any(rule => rule.External is not null) ? "bool is_same_as" : string.Empty;
            Line($"function {FunctionOf(filter.Name, direction)}({argument}) {{");
            foreach (BgpFilterRule rule in rules)
            {
                Line($"  {RuleOf(rule)}");
            }

            Line("}");
        }
    }

    private string FunctionOf(string filter, string direction) =>
        $"'bgp_{filter}_{direction}FilterV{(family == AddressFamily.IPv4 ? 4 : 6)}'";

    private static string RuleOf(BgpFilterRule rule)
    {
        List<string> conditions = [];
        if (rule.Cidr is { } cidr)
        {
            string word = rule.MatchOperator switch
            {
                PrefixMatchOperator.Equal => "=",
                PrefixMatchOperator.NotEqual => "!=",
                PrefixMatchOperator.NotIn => "!~",
                _ => "~",
            };
            bool hasLengths = rule.PrefixLengthMin is not null || rule.PrefixLengthMax is not null;
            string range = hasLengths
                ? string.Create(CultureInfo.InvariantCulture, $"[ {cidr}{{{rule.PrefixLengthMin ?? cidr.Length},{rule.PrefixLengthMax ?? (cidr.IsIPv4 ? 32 : 128)}}} ]")
                : cidr.ToString();
            conditions.Add($"(net {word} {range})");
        }

        if (rule.FromRemotePeers)
        {
            conditions.Add("((defined(source))&&(source ~ [ RTS_BGP ]))");
        }

        if (rule.Interface is { } device)
        {
            conditions.Add($"((defined(ifname))&&(ifname ~ \"{device}\"))");
        }

        if (rule.Community is { } community)
        {
            string[] parts = community.Split(':');
            conditions.Add($"(({string.Join(", ", parts)}) ~ {(parts.Length == 3 ? "bgp_large_community" : "bgp_community")})");
        }

        if (rule.Priority is { } priority)
        {
            conditions.Add($"(defined(bgp_local_pref)&&(bgp_local_pref = {PreferenceBase - priority}))");
        }

        if (rule.AsPathPrefix.Count > 0)
        {
            conditions.Add($"(bgp_path ~ [= {string.Join(' ', rule.AsPathPrefix)} * =])");
        }

        string actions = string.Concat(rule.Operations.Select(OperationOf)) + (rule.Accept ? "accept;" : "reject;");
        string text = conditions.Count == 0 ? actions : $"if ({string.Join("&&", conditions)}) then {{ {actions} }}";
        return rule.External is { } external ? $"if ({(external ? "!" : string.Empty)}is_same_as) then {{ {text} }}" : text;
    }

    private static string OperationOf(BgpFilterOperation operation) =>
        operation.AddCommunity is { } community ? $"{AddCommunity(community)} "
        : operation.PrependAsPath.Count > 0 ? string.Concat(operation.PrependAsPath.Reverse().Select(number => $"bgp_path.prepend({number}); "))
        : operation.SetPriority is { } priority ? $"bgp_local_pref = {PreferenceBase - priority}; "
        : string.Empty;

    private void Session(BgpPeering peering)
    {
        Line($"protocol bgp {peering.Name} from bgp_template {{");
        if (peering.IsLocalAsGiven)
        {
            Line($"  local as {peering.LocalAs};");
        }

        string port = peering.PeerPort == BgpConfiguration.DefaultListenPort ? string.Empty : $" port {peering.PeerPort}";
        Line($"  neighbor {peering.PeerAddress}{port} as {peering.PeerAs};");
        if (peering.UsesNodeIP)
        {
            Line($"  source address {peering.LocalAddress};");
        }

        Line($"  ttl security {(peering.TtlSecurity is null ? "off" : "on")};");
        Line(peering.TtlSecurity is { } hops ? $"  multihop {hops};" : "  multihop;");
        Line("  import filter {");
        foreach (BgpFilter filter in FiltersOf(peering, isImport: true))
        {
            Line($"    {FunctionOf(filter.Name, "import")}({ArgumentOf(RulesOf(filter, true), peering)});");
        }

        Line($"    if (defined(bgp_local_pref)&&(bgp_local_pref > {PreferenceBase - NormalPriority})) then");
        Line("      preference = 200;");
        Line("    accept;");
        Line("  };");
        Line("  export filter {");
        Line("    if (defined(source) && source = RTS_BGP && defined(bgp_local_pref)) then {");
        Line($"      krt_metric = {PreferenceBase} - bgp_local_pref;");
        Line("    } else {");
        Line($"      if (!defined(krt_metric)) then {{ krt_metric = {NormalPriority}; }}");
        Line($"      bgp_local_pref = {PreferenceBase} - krt_metric;");
        Line("    }");
        foreach (BgpFilter filter in FiltersOf(peering, isImport: false))
        {
            Line($"    {FunctionOf(filter.Name, "export")}({ArgumentOf(RulesOf(filter, false), peering)});");
        }

        Line($"    calico_export_to_bgp_peers({(peering.IsExternal ? "false" : "true")});");
        Line("    reject;");
        Line("  };");
        Options(peering);
        Line("}");
    }

    private void Options(BgpPeering peering)
    {
        if (peering.IsPassive)
        {
            Line("  passive on;");
        }

        if (peering.NextHopMode != NextHopMode.Auto)
        {
            Line(peering.NextHopMode == NextHopMode.Keep ? "  next hop keep;" : "  next hop self;");
        }

        if (peering.ClusterId is { } cluster)
        {
            Line("  rr client;");
            Line($"  rr cluster id {cluster};");
        }

        if (peering.Password is { } password)
        {
            Line($"  password \"{password}\";");
        }

        if (peering.IsRestartTimeGiven)
        {
            Line($"  graceful restart time {peering.MaxRestartTime.Nanoseconds / 1_000_000_000};");
        }

        if (peering.KeepaliveTime is { } keepalive)
        {
            Line($"  keepalive time {keepalive.Nanoseconds / 1_000_000_000};");
        }

        if (peering.AllowedLocalAsNumbers is { } allowed)
        {
            Line($"  allow local as {allowed};");
        }
    }

    private IEnumerable<BgpFilter> FiltersOf(BgpPeering peering, bool isImport) => peering.Filters
        .Select(name => node.Filters.FirstOrDefault(filter => filter.Name == name))
        .OfType<BgpFilter>()
        .Where(filter => RulesOf(filter, isImport).Count > 0);

    private IReadOnlyList<BgpFilterRule> RulesOf(BgpFilter filter, bool isImport) => (family, isImport) switch
    {
        (AddressFamily.IPv4, true) => filter.ImportV4,
        (AddressFamily.IPv4, false) => filter.ExportV4,
        (_, true) => filter.ImportV6,
        _ => filter.ExportV6,
    };

    /// <summary>A function with rules for one kind of session only is told which kind this is.</summary>
    private static string ArgumentOf(IReadOnlyList<BgpFilterRule> rules, BgpPeering peering) =>
        rules.Any(rule => rule.External is not null) ? (peering.IsExternal ? "false" : "true") : string.Empty;

    private void Line(string text) => _text.Append(text).Append('\n');
}
