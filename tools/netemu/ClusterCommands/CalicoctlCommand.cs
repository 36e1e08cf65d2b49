using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Bgp.Sessions;
using Netemu.Calico.Ipam;
using Netemu.Calico.Peering;
using Netemu.Calico.Resources;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Topologies.Bgp;
using Netemu.Topologies.Cluster;
using EngineNode = Netemu.Engine.Simulation.Node;

namespace Netemu.Cli.ClusterCommands;

/// <summary>calicoctl get, apply, create, replace, delete, patch, node status, and ipam show and check.</summary>
internal sealed class CalicoctlCommand(ClusterExtension cluster, BgpExtension bgp) : ICommand
{
    private readonly ObjectVerbs _verbs = new(cluster);

    public ImmutableArray<string> Names { get; } = ["calicoctl"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(
        """
        : get apply create replace delete patch node ipam
        get: -n=NAMESPACE --namespace=NAMESPACE -a -A --all-namespaces -o=FORMAT --output=FORMAT
        apply: -f=FILE --filename=FILE
        create: -f=FILE --filename=FILE
        replace: -f=FILE --filename=FILE
        delete: -f=FILE --filename=FILE -n=NAMESPACE
        patch: -p=PATCH --patch=PATCH -n=NAMESPACE
        node: status
        ipam: show check
        show: --show-blocks --show-borrowed --show-configuration --ip=ADDRESS
        """);

    public CommandJob Start(CommandInvocation invocation)
    {
        ObjectRequest request = ObjectRequest.Parse(invocation.Arguments, isCalico: true);
        string verb = request.Words.Count > 0 ? request.Words[0] : string.Empty;
        string noun = request.Words.Count > 1 ? request.Words[1] : string.Empty;
        if (request.Fault is { } fault)
        {
            return CommandJob.Completed(CommandResult.Failure(1, $"{fault}{Grammar.Hint(verb, fault.Split(' ')[^1])}"));
        }

        return CommandJob.Completed((verb, noun) switch
        {
            ("get", _) => _verbs.Get(request),
            ("apply", _) => _verbs.Apply(request, invocation.Input, "applied"),
            ("create", _) => _verbs.Apply(request, invocation.Input, "created"),
            ("replace", _) => _verbs.Apply(request, invocation.Input, "replaced"),
            ("delete", _) => _verbs.Delete(request, invocation.Input),
            ("patch", _) => _verbs.Patch(request),
            ("node", "status") => NodeStatus(invocation.Namespace.Node),
            ("ipam", "show") => request.Address is { } address ? ShowAddress(address)
                : request.ShowsBorrowed ? ShowBorrowed()
                : request.ShowsConfiguration ? ShowConfiguration()
                : Show(request.ShowsBlocks),
            ("ipam", "check") => Check(),
            _ => CommandResult.Failure(1, $"Unknown command: \"{$"{verb} {noun}".TrimEnd()}\"{Grammar.Hint(verb is "node" or "ipam" ? verb : string.Empty, verb is "node" or "ipam" ? noun : verb)}"),
        });
    }

    private CommandResult NodeStatus(EngineNode node)
    {
        StringBuilder text = new("Calico process is running.\n\nIPv4 BGP status\n");
        BgpNodeConfiguration? configuration = cluster.PeeringOf(node.Name);
        NodeSpeaker? speaker = bgp.Find(node);
        if (configuration is null || speaker is null)
        {
            return CommandResult.Failure(1, "Calico process is not running.");
        }

        BoxTable table = new("PEER ADDRESS", "PEER TYPE", "STATE", "SINCE", "INFO");
        foreach (BgpPeering peering in configuration.Peerings)
        {
            BgpSession? session = speaker.Speaker.FindNeighbor(peering.PeerAddress);
            string type = peering.Origin switch
            {
                PeeringOrigin.Mesh => "node-to-node mesh",
                PeeringOrigin.GlobalPeer => "global",
                _ => "node specific",
            };
            bool isUp = session?.IsEstablished == true;
            table.Add(
                $"{peering.PeerAddress}", type, isUp ? "up" : "start", Since(session?.LastChange ?? SimTime.Zero),
                isUp ? "Established" : $"{session?.State} {session?.NotEstablished}".Trim());
        }

        text.Append(table.Rows == 0 ? "No IPv4 peers found.\n" : table.ToString());
        if (cluster.Machines.FirstOrDefault(m => ReferenceEquals(m.Node, node))?.Agent is { } agent)
        {
            text.Append($"\nFelix: {agent.Statistics}\n");
        }

        return CommandResult.Output(text.ToString());
    }

    private CommandResult Show(bool withBlocks)
    {
        BoxTable table = new("GROUPING", "CIDR", "IPS TOTAL", "IPS IN USE", "IPS RESERVED", "IPS FREE")
        {
            RightAligned = ["IPS TOTAL", "IPS IN USE", "IPS RESERVED", "IPS FREE"],
        };
        foreach (IpamUsage row in IpamInspection.Show(cluster.Store!).Where(r => withBlocks || !r.IsBlock))
        {
            table.Add(
                row.IsBlock ? "Block" : "IP Pool", $"{row.Cidr}", Short(row.Total), $"{Short(row.InUse)} ({Percent(row.InUse, row.Total)})",
                $"{Short(row.Reserved)} ({Percent(row.Reserved, row.Total)})", $"{Short(row.Free)} ({Percent(row.Free, row.Total)})");
        }

        return CommandResult.Output(table.ToString());
    }

    /// <summary>Addresses that a node has out of another's block (ipam show --show-borrowed).</summary>
    private CommandResult ShowBorrowed()
    {
        BoxTable table = new("IP", "BORROWING-NODE", "BLOCK", "BLOCK OWNER", "TYPE", "ALLOCATED-TO");
        foreach (IpamBlock block in cluster.Store!.List(ResourceKind.IpamBlock).Select(s => (IpamBlock)s.Value))
        {
            for (int ordinal = 0; ordinal < block.Allocations.Length; ordinal++)
            {
                if (block.Allocations[ordinal] >= 0 && block.Attributes[block.Allocations[ordinal]].Secondary is var owner
                    && owner["node"] is { } node && block.Affinity is { } affinity && affinity != IpamBlock.AffinityOf(node))
                {
                    string to = owner["pod"] is { } pod ? $"{owner["namespace"]}/{pod}" : string.Empty;
                    table.Add(
                        $"{block.AddressAt(ordinal)}", node, $"{block.Cidr}", affinity[(affinity.IndexOf(':', System.StringComparison.Ordinal) + 1)..],
                        owner["pod"] is null ? owner["type"] ?? string.Empty : "pod", to);
                }
            }
        }

        return CommandResult.Output(table.ToString());
    }

    private CommandResult ShowConfiguration()
    {
        IpamConfiguration configuration = cluster.Store!.List(ResourceKind.IpamConfiguration).Select(s => (IpamConfiguration)s.Value).FirstOrDefault()
            ?? new IpamConfiguration(new ObjectMetadata("default"));
        BoxTable table = new("PROPERTY", "VALUE");
        table.Add("StrictAffinity", configuration.StrictAffinity ? "true" : "false");
        table.Add("AutoAllocateBlocks", configuration.AutoAllocateBlocks ? "true" : "false");
        table.Add("MaxBlocksPerHost", Number(configuration.MaxBlocksPerHost));
        return CommandResult.Output(table.ToString());
    }

    private CommandResult ShowAddress(string text)
    {
        if (!InternetAddress.TryParse(text, out InternetAddress address))
        {
            return CommandResult.Failure(1, $"invalid IP address: {text}");
        }

        foreach (IpamBlock block in cluster.Store!.List(ResourceKind.IpamBlock).Select(s => (IpamBlock)s.Value).Where(b => b.Cidr.Contains(address)))
        {
            for (int ordinal = 0; ordinal < block.Allocations.Length; ordinal++)
            {
                if (block.AddressAt(ordinal) == address && block.Allocations[ordinal] >= 0)
                {
                    IpamAttribute attribute = block.Attributes[block.Allocations[ordinal]];
                    string details = string.Concat(attribute.Secondary.Select(s => $"  {s.Key}: {s.Value}\n"));
                    string? user = attribute.Secondary["node"];
                    bool isBorrowed = user is not null && block.Affinity is not null && block.Affinity != IpamBlock.AffinityOf(user);
                    return CommandResult.Output($"IP {address} is in use\nHandle ID: {attribute.HandleId}\n"
                        + (details.Length == 0 ? "No Active Owner attributes defined\n" : $"Active Owner Attributes:\n{details}")
                        + (isBorrowed ? $"Borrowed from {block.Affinity}: that node's blackhole for {block.Cidr} swallows packets for it where the /32 is not known\n" : string.Empty));
                }
            }
        }

        return CommandResult.Output($"{address} is not assigned\n");
    }

    private CommandResult Check()
    {
        List<KeyValuePair<InternetAddress, string>> used = [];
        foreach (Resource resource in cluster.Store!.ListAll().Select(s => s.Value))
        {
            switch (resource)
            {
                case Pod { HostNetwork: false, IsFinished: false } pod:
                    used.AddRange(pod.Addresses.Select(a => KeyValuePair.Create(a, $"{pod.Namespace}/{pod.Name}")));
                    break;
                case Node node:
                    used.AddRange(new[] { node.IPv4IpipTunnelAddress, node.IPv4VxlanTunnelAddress }.Where(a => a is not null)
                        .Select(a => KeyValuePair.Create((InternetAddress)a!.Value, $"tunnel of {node.Name}")));
                    break;
            }
        }

        IReadOnlyList<IpamFinding> findings = IpamInspection.Check(cluster.Store!, used);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Checking IPAM for inconsistencies...\nFound {used.Count} IPs in use by workloads and tunnels.\n");
        foreach (IpamFinding finding in findings)
        {
            text.Append(finding).Append('\n');
        }

        int problems = findings.Count(f => f.Kind != IpamFindingKind.Borrowed);
        text.Append(CultureInfo.InvariantCulture, $"Check complete; found {problems} problems.\n");
        return new CommandResult(problems == 0 ? 0 : 1, text.ToString(), string.Empty);
    }

    /// <summary>A time as BIRD's "since" has it: here, since the start of the run.</summary>
    private static string Since(SimTime at)
    {
        long seconds = at.Nanoseconds / 1_000_000_000;
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:d2}:{seconds / 60 % 60:d2}:{seconds % 60:d2}");
    }

    /// <summary>A count as C's %.5g writes it: from 100,000 on in powers of ten.</summary>
    private static string Short(long value)
    {
        if (value < 100_000)
        {
            return Number(value);
        }

        string text = ((double)value).ToString("0.####e+00", CultureInfo.InvariantCulture);
        return text;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Percent(long part, long whole) => whole == 0 ? "0%" : $"{Number(((part * 100) + (whole / 2)) / whole)}%";
}
