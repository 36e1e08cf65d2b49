using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Topologies.Building;
using Netemu.Topologies.Cluster;
using Netemu.Topologies.Results;

namespace Netemu.Cli;

/// <summary>
/// The resources of a topology's cluster, as they are at some instant: what explanations of policy are computed from. At
/// the start nothing has to run: Pods have their addresses already.
/// </summary>
internal sealed class ClusterView
{
    private ClusterView(ClusterExtension cluster)
    {
        Cluster = cluster;
        Resources = [.. cluster.Store!.ListAll().Select(s => s.Value)];
        State = new ClusterState(Resources);
    }

    public ClusterExtension Cluster { get; }

    public IReadOnlyList<Resource> Resources { get; }

    public ClusterState State { get; }

    public static Option<string?> AtOption() => PausedRun.AtOption("the start if not given");

    /// <summary>The cluster of a topology; null with the exit code if there is none, after saying so.</summary>
    public static ClusterView? Open(ParseResult parsed, TopologyArguments topology, string? at, Terminal terminal, out ExitCode exitCode)
    {
        if (PausedRun.Open(parsed, topology, at ?? PausedRun.Built, terminal, out exitCode) is not { } run)
        {
            return null;
        }

        if (Find(run.Session.Topology) is { Store.Count: > 0 } cluster)
        {
            return new ClusterView(cluster);
        }

        terminal.Error.WriteLine("netemu: this topology has no cluster: there are neither manifests nor a 'cluster:' section");
        exitCode = ExitCode.InvalidInput;
        return null;
    }

    /// <summary>The cluster that a topology was built with, or null.</summary>
    public static ClusterExtension? Find(BuiltTopology topology) => topology.Extensions.OfType<ClusterExtension>().FirstOrDefault();

    public static bool TryProtocol(string text, out IPProtocol protocol)
    {
        IPProtocol? found = text.ToLowerInvariant() switch
        {
            "tcp" => IPProtocol.Tcp,
            "udp" => IPProtocol.Udp,
            "icmp" => IPProtocol.Icmp,
            "icmpv6" => IPProtocol.IcmpV6,
            "sctp" => new IPProtocol(132),
            "udplite" => new IPProtocol(136),
            var other when byte.TryParse(other, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) => new IPProtocol(number),
            _ => null,
        };
        protocol = found ?? default;
        return found is not null;
    }

    /// <summary>The workload that <c>pod:NS/NAME</c> means, or null.</summary>
    public PolicyEndpoint? FindEndpoint(string text)
    {
        Pod? pod = FindPod(text);
        return pod is { Addresses.Count: > 0 } ? State.WorkloadAt(pod.Addresses[0]) : null;
    }

    /// <summary>The addresses of a Pod or a literal one; empty if there is no such end.</summary>
    public IReadOnlyList<InternetAddress> AddressesOf(string text) =>
        InternetAddress.TryParse(text, out InternetAddress address) ? [address] : FindPod(text)?.Addresses ?? [];

    /// <summary>The addresses and ports behind an end, after a Service's translation.</summary>
    public IReadOnlyList<(InternetAddress Address, int Port)> EndsOf(string text, int port, IPProtocol protocol)
    {
        if (!text.StartsWith("svc:", StringComparison.Ordinal))
        {
            return [.. AddressesOf(text).Select(a => (a, port))];
        }

        string[] parts = text[4..].Split('/');
        Service? service = Resources.OfType<Service>().FirstOrDefault(s => s.Namespace == (parts.Length > 1 ? parts[0] : "default") && s.Name == parts[^1]);
        ServicePort? chosen = service?.Ports.FirstOrDefault(p => p.Port == port && p.Protocol == protocol);
        if (service is null || chosen is null)
        {
            return [];
        }

        return
        [
            .. State.Slices.Where(s => s.Namespace == service.Namespace && s.ServiceName == service.Name)
                .SelectMany(s => s.Ports.Where(p => p.Name == chosen.Name && p.Protocol == protocol)
                    .SelectMany(p => s.Endpoints.Where(e => e.IsReady).SelectMany(e => e.Addresses).Select(a => (a, (int)p.Port)))),
        ];
    }

    private Pod? FindPod(string text)
    {
        string[] parts = (text.StartsWith("pod:", StringComparison.Ordinal) ? text[4..] : text).Split('/');
        string space = parts.Length > 1 ? parts[0] : "default";
        return Resources.OfType<Pod>().FirstOrDefault(p => p.Namespace == space && p.Name == parts[^1]);
    }
}
