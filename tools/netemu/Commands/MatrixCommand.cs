using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Yaml;
using Netemu.Topologies.Results;
using IPProtocol = Netemu.Calico.Resources.IPProtocol;

namespace Netemu.Cli.Commands;

/// <summary>
/// <c>netemu matrix</c>: the verdict from every Pod to every Pod for a protocol and port, as a table, JSON or a page; with
/// staged policies, what would change if they were enforced.
/// </summary>
internal static class MatrixCommand
{
    private const string Allowed = "ok";
    private const string Denied = "--";

    public static Command Build(Terminal terminal)
    {
        TopologyArguments topology = new();
        Option<int> port = new("--port") { Description = "The destination port", DefaultValueFactory = _ => 80 };
        Option<string> protocol = new("--protocol") { Description = "tcp, udp, icmp, sctp or a number", DefaultValueFactory = _ => "tcp" };
        Option<bool> staged = new("--staged") { Description = "What would change if staged policies were enforced" };
        Option<string?> at = ClusterView.AtOption();
        Option<bool> json = new("--json") { Description = "Prints one JSON document" };
        Option<string?> html = new("--html") { Description = "Writes a page to this file" };
        Command command = new("matrix", "Who may speak to whom.");
        topology.AddTo(command);
        foreach (Option option in (Option[])[port, protocol, staged, at, json, html])
        {
            command.Options.Add(option);
        }

        command.SetAction(parsed =>
        {
            if (ClusterView.Open(parsed, topology, parsed.GetValue(at), terminal, out ExitCode exitCode) is not { } view)
            {
                return (int)exitCode;
            }

            if (!ClusterView.TryProtocol(parsed.GetValue(protocol)!, out IPProtocol number))
            {
                terminal.Error.WriteLine($"netemu: '{parsed.GetValue(protocol)}' is no protocol");
                return (int)ExitCode.Usage;
            }

            ReachabilityMatrix now = new(view.State, number, parsed.GetValue(port));
            ReachabilityMatrix? then = parsed.GetValue(staged)
                ? new ReachabilityMatrix(new ClusterState(StagedPolicies.Enforce(view.Resources)), number, parsed.GetValue(port))
                : null;
            if (parsed.GetValue(html) is { } file)
            {
                File.WriteAllText(file, Page(now, then, $"{number} {parsed.GetValue(port)}"));
            }

            terminal.OutputWriter.Write(parsed.GetValue(json) ? YamlPrinter.ToJson(Document(now, then)) : Table(now, then));
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static string NameOf(PolicyEndpoint workload) => $"{workload.Key.Namespace}/{PodOf(workload)}";

    /// <summary>A workload endpoint is called NODE-k8s-POD-eth0, with dashes in names doubled.</summary>
    private static string PodOf(PolicyEndpoint workload)
    {
        string name = workload.Key.Name;
        int start = name.IndexOf("-k8s-", System.StringComparison.Ordinal);
        return start >= 0 && name.EndsWith("-eth0", System.StringComparison.Ordinal)
            ? name[(start + 5)..^5].Replace("--", "-", System.StringComparison.Ordinal)
            : name;
    }

    private static string Cell(PolicyVerdict? now, PolicyVerdict? then) => (now, then) switch
    {
        (null, _) => "..",
        ({ IsAllowed: true }, { IsAllowed: false }) => $"{Allowed}>{Denied}",
        ({ IsAllowed: false }, { IsAllowed: true }) => $"{Denied}>{Allowed}",
        ({ IsAllowed: true }, _) => Allowed,
        _ => Denied,
    };

    private static string Table(ReachabilityMatrix now, ReachabilityMatrix? then)
    {
        string[] names = [.. now.Workloads.Select(NameOf)];
        int width = names.Select(n => n.Length).DefaultIfEmpty(4).Max();
        int cell = then is null ? 4 : 7;
        StringBuilder text = new();
        text.Append("from \\ to".PadRight(width + 5));
        for (int i = 0; i < names.Length; i++)
        {
            text.Append((i + 1).ToString(CultureInfo.InvariantCulture).PadLeft(cell));
        }

        text.Append('\n');
        for (int from = 0; from < names.Length; from++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{from + 1,4} {names[from].PadRight(width)}");
            for (int to = 0; to < names.Length; to++)
            {
                text.Append(Cell(now[from, to], then?[from, to]).PadLeft(cell));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static YamlMapping Document(ReachabilityMatrix now, ReachabilityMatrix? then)
    {
        List<YamlNode> rows = [];
        for (int from = 0; from < now.Workloads.Count; from++)
        {
            for (int to = 0; to < now.Workloads.Count; to++)
            {
                if (now[from, to] is not { } verdict)
                {
                    continue;
                }

                YamlBuilder row = new YamlBuilder()
                    .Add("from", NameOf(now.Workloads[from]))
                    .Add("to", NameOf(now.Workloads[to]))
                    .Add("allowed", verdict.IsAllowed)
                    .Add("by", ExplainCommand.Describe(verdict));
                if (then?[from, to] is { } changed && changed.IsAllowed != verdict.IsAllowed)
                {
                    row.Add("staged", changed.IsAllowed ? "allowed" : "denied").Add("stagedBy", ExplainCommand.Describe(changed));
                }

                rows.Add(row.Build());
            }
        }

        return new YamlBuilder().Add("schema", "netemu/v1").Add("kind", "Matrix").AddList("pairs", rows).Build();
    }

    private static string Page(ReachabilityMatrix now, ReachabilityMatrix? then, string title)
    {
        StringBuilder page = new();
        page.Append("<!doctype html><meta charset=\"utf-8\"><title>").Append(WebUtility.HtmlEncode(title)).Append("</title>")
            .Append("<style>body{font:14px sans-serif}td,th{padding:2px 6px;border:1px solid #ccc}.a{background:#cfc}.d{background:#fcc}.c{outline:2px solid #00f}</style>")
            .Append("<h1>").Append(WebUtility.HtmlEncode(title)).Append("</h1><table><tr><th>from \\ to</th>");
        foreach (PolicyEndpoint workload in now.Workloads)
        {
            page.Append("<th>").Append(WebUtility.HtmlEncode(NameOf(workload))).Append("</th>");
        }

        page.Append("</tr>\n");
        for (int from = 0; from < now.Workloads.Count; from++)
        {
            page.Append("<tr><th>").Append(WebUtility.HtmlEncode(NameOf(now.Workloads[from]))).Append("</th>");
            for (int to = 0; to < now.Workloads.Count; to++)
            {
                PolicyVerdict? verdict = now[from, to];
                bool changes = then?[from, to]?.IsAllowed is { } other && other != verdict?.IsAllowed;
                page.Append(CultureInfo.InvariantCulture, $"<td class=\"{(verdict?.IsAllowed == true ? "a" : "d")}{(changes ? " c" : string.Empty)}\" title=\"")
                    .Append(verdict is null ? "no family in common" : WebUtility.HtmlEncode(ExplainCommand.Describe(verdict)))
                    .Append("\">").Append(WebUtility.HtmlEncode(Cell(verdict, then?[from, to]))).Append("</td>");
            }

            page.Append("</tr>\n");
        }

        return page.Append("</table>\n").ToString();
    }
}
