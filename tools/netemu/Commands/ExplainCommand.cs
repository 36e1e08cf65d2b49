using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;
using Netemu.Calico.Yaml;
using Netemu.Core.Addresses;
using Netemu.Topologies.Results;
using CalicoProtocol = Netemu.Calico.Resources.IPProtocol;

namespace Netemu.Cli.Commands;

/// <summary>
/// <c>netemu explain policy</c>: what applies to a Pod, and why; <c>netemu explain reach</c>: whether one end may speak to
/// another, every rule that was asked on the way, and the shortest change that turns the verdict around.
/// </summary>
internal static class ExplainCommand
{
    public static Command Build(Terminal terminal)
    {
        Command command = new("explain", "Says which policies decide, and why.");
        command.Subcommands.Add(BuildPolicy(terminal));
        command.Subcommands.Add(BuildReach(terminal));
        return command;
    }

    private static Command BuildPolicy(Terminal terminal)
    {
        TopologyArguments topology = new();
        Argument<string> pod = new("POD") { Description = "pod:NS/NAME" };
        Option<string?> at = ClusterView.AtOption();
        Option<bool> json = new("--json") { Description = "Prints one JSON document" };
        Command command = new("policy", "The policies that apply to a Pod, those that do not, and why.");
        topology.AddTo(command);
        command.Arguments.Add(pod);
        command.Options.Add(at);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            if (ClusterView.Open(parsed, topology, parsed.GetValue(at), terminal, out ExitCode exitCode) is not { } view)
            {
                return (int)exitCode;
            }

            string name = parsed.GetRequiredValue(pod);
            if (view.FindEndpoint(name) is not { } endpoint)
            {
                terminal.Error.WriteLine($"netemu: there is no '{name}' with an address");
                return (int)ExitCode.InvalidInput;
            }

            YamlMapping report = PolicyReport(view, endpoint);
            terminal.OutputWriter.Write(parsed.GetValue(json) ? YamlPrinter.ToJson(report) : YamlPrinter.ToYaml(report));
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static Command BuildReach(Terminal terminal)
    {
        TopologyArguments topology = new();
        Argument<string> from = new("FROM") { Description = "pod:NS/NAME or an address" };
        Argument<string> to = new("TO:PORT") { Description = "pod:NS/NAME:PORT, svc:NS/NAME:PORT or ADDRESS:PORT" };
        Option<string?> protocol = new("--protocol") { Description = "tcp (the default), udp, icmp, sctp or a number" };
        Option<string?> at = ClusterView.AtOption();
        Option<bool> json = new("--json") { Description = "Prints one JSON document" };
        Command command = new("reach", "Whether FROM may speak to TO, and the shortest change that would turn the verdict around.");
        topology.AddTo(command);
        command.Arguments.Add(from);
        command.Arguments.Add(to);
        command.Options.Add(protocol);
        command.Options.Add(at);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            if (ClusterView.Open(parsed, topology, parsed.GetValue(at), terminal, out ExitCode exitCode) is not { } view)
            {
                return (int)exitCode;
            }

            if (!TryFlows(view, parsed.GetRequiredValue(from), parsed.GetRequiredValue(to), parsed.GetValue(protocol), out List<Flow> flows, out string fault))
            {
                terminal.Error.WriteLine($"netemu: {fault}");
                return (int)ExitCode.InvalidInput;
            }

            YamlMapping report = ReachReport(view, flows);
            terminal.OutputWriter.Write(parsed.GetValue(json) ? YamlPrinter.ToJson(report) : YamlPrinter.ToYaml(report));
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static YamlMapping PolicyReport(ClusterView view, PolicyEndpoint endpoint)
    {
        PolicyExplainer explainer = new(view.State);
        YamlBuilder report = new YamlBuilder()
            .Add("endpoint", endpoint.Key.ToString())
            .Add("node", endpoint.Node)
            .Add("interface", endpoint.InterfaceName)
            .AddList("addresses", endpoint.Nets.Select(net => net.Address.ToString()))
            .AddMap("labels", endpoint.Labels);
        HashSet<ResourceKey> asked = [];
        foreach (PolicyDirection direction in new[] { PolicyDirection.Ingress, PolicyDirection.Egress })
        {
            List<YamlNode> tiers = [];
            foreach ((Tier tier, IReadOnlyList<Policy> policies) in explainer.PoliciesOf(endpoint, direction))
            {
                asked.UnionWith(policies.Select(p => p.Key));
                bool enforces = policies.Any(p => !p.IsStaged);
                tiers.Add(new YamlBuilder()
                    .Add("tier", tier.Name)
                    .AddList("policies", policies.Select(p => (YamlNode)new YamlBuilder()
                        .Add("policy", p.DisplayName)
                        .Add("order", p.Order?.ToString(CultureInfo.InvariantCulture) ?? "last")
                        .Add("selects", p.Selector.ToString())
                        .Add("enforced", !p.IsStaged)
                        .AddList("rules", p.RulesOf(direction).Select(r => $"{r.WrittenIndex}: {RuleText.Of(r)}"))
                        .Build()))
                    .Add("then", enforces && tier.DefaultAction != RuleAction.Pass ? "deny (end of tier)" : "next tier")
                    .Build());
            }

            report.AddList(direction.ToString().ToLowerInvariant(), tiers.Count > 0 ? tiers : [YamlBuilder.Scalar("no policy: the profiles decide")]);
        }

        report.AddList("profiles", endpoint.Profiles.Select(p => $"{p}{(view.State.ProfileNamed(p) is null ? " (does not exist: allows nothing)" : string.Empty)}"));
        report.AddList("notApplied", view.State.Policies.Where(p => !asked.Contains(p.Key)).Select(p => (YamlNode)new YamlBuilder()
            .Add("policy", p.DisplayName)
            .Add("why", WhyNot(p, endpoint))
            .Build()));
        return report.Build();
    }

    private static string WhyNot(Policy policy, PolicyEndpoint endpoint) =>
        !policy.Selector.Matches(endpoint.Labels) ? $"its selector does not match: {policy.Selector}"
        : policy.PreDnat || policy.DoNotTrack ? "it is for host endpoints only"
        : policy.Types == 0 ? "it has no direction" : "its tier does not exist";

    private static YamlMapping ReachReport(ClusterView view, List<Flow> flows)
    {
        PolicyEvaluator evaluator = new(view.State);
        PolicyExplainer explainer = new(view.State);
        YamlBuilder report = new();
        List<YamlNode> ways = [];
        foreach (Flow flow in flows)
        {
            PolicyVerdict verdict = evaluator.EvaluateWorkloads(flow);
            YamlBuilder way = new YamlBuilder()
                .Add("flow", $"{flow.Protocol.ToString().ToLowerInvariant()} {flow.Source} -> {flow.Destination}"
                    + (flow.Protocol.HasPorts ? string.Create(CultureInfo.InvariantCulture, $" port {flow.DestinationPort}") : string.Empty))
                .Add("verdict", verdict.IsAllowed ? "allowed" : "denied")
                .Add("by", Describe(verdict));
            foreach (PolicyExplanation explanation in explainer.ExplainWorkloads(flow))
            {
                bool isSource = explanation.Endpoint.Nets.Any(net => net.Contains(flow.Source));
                way.AddList(isSource ? "egress" : "ingress", [
                    $"{explanation.Endpoint.Key}: {(explanation.Verdict.IsAllowed ? "allowed" : "denied")} ({Describe(explanation.Verdict)})",
                    .. explanation.Steps.Select(step => step.ToString()),
                ]);
            }

            ReachSuggestion? flip = ReachAdvisor.FirstFlip(view.Resources, flow);
            way.Add("toTurnItAround", flip?.Description ?? "no single change of a label or a policy does");
            ways.Add(way.Build());
        }

        return report.AddList("ways", ways).Build();
    }

    public static string Describe(PolicyVerdict verdict) => verdict.Reason switch
    {
        VerdictReason.PolicyRule =>
            string.Create(CultureInfo.InvariantCulture, $"tier {verdict.Tier}, {Policy.DisplayNameOf(verdict.DecidedBy!.Value)}, rule {verdict.RuleIndex}"),
        VerdictReason.EndOfTier => $"end of tier {verdict.Tier}: {string.Join(", ", verdict.Policies.Select(Policy.DisplayNameOf))} selected, no rule matched",
        VerdictReason.ProfileRule => $"profile {verdict.DecidedBy!.Value.Name}",
        VerdictReason.NoProfileMatched => "no profile allows it",
        VerdictReason.NotPoliced => "nothing polices it",
        var other => other.ToString(),
    };

    /// <summary>The flows that the words mean: one, or one for each endpoint of a Service.</summary>
    private static bool TryFlows(ClusterView view, string from, string to, string? protocolName, out List<Flow> flows, out string fault)
    {
        flows = [];
        fault = string.Empty;
        int colon = to.LastIndexOf(':');
        int port = 0;
        bool hasPort = colon > 0 && int.TryParse(to[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port);
        string end = hasPort ? to[..colon] : to;
        if (!ClusterView.TryProtocol(protocolName ?? (hasPort ? "tcp" : "icmp"), out CalicoProtocol protocol))
        {
            fault = $"'{protocolName}' is no protocol";
            return false;
        }

        if (view.AddressesOf(from) is not { Count: > 0 } sources)
        {
            fault = $"there is no '{from}' with an address";
            return false;
        }

        IReadOnlyList<(InternetAddress Address, int Port)> ends = view.EndsOf(end, port, protocol);
        foreach ((InternetAddress address, int target) in ends)
        {
            InternetAddress source = sources.FirstOrDefault(s => s.Family == address.Family);
            if (!source.IsNone)
            {
                flows.Add(new Flow(source, address, protocol) { SourcePort = 32_768, DestinationPort = target });
            }
        }

        fault = flows.Count == 0 ? $"there is no '{end}' with an address that '{from}' could reach" : string.Empty;
        return flows.Count > 0;
    }
}
