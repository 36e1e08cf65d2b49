using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Evaluation;

/// <summary>The verdict of every workload towards every other one, for one protocol and port.</summary>
public sealed class ReachabilityMatrix
{
    private readonly PolicyVerdict?[,] _verdicts;

    public ReachabilityMatrix(ClusterState state, IPProtocol protocol, int port)
    {
        PolicyEvaluator evaluator = new(state);
        Workloads = [.. state.Endpoints.Where(endpoint => endpoint.IsWorkload && endpoint.Nets.Count > 0)];
        _verdicts = new PolicyVerdict?[Workloads.Count, Workloads.Count];
        for (int from = 0; from < Workloads.Count; from++)
        {
            for (int to = 0; to < Workloads.Count; to++)
            {
                if (CommonAddresses(Workloads[from], Workloads[to]) is var (source, destination))
                {
                    _verdicts[from, to] = evaluator.EvaluateWorkloads(new Flow(source, destination, protocol)
                    {
                        SourcePort = 32_768,
                        DestinationPort = port,
                    });
                }
            }
        }
    }

    /// <summary>The workloads, by key: rows and columns.</summary>
    public IReadOnlyList<PolicyEndpoint> Workloads { get; }

    /// <summary>The verdict from one workload to another; null if they have no address family in common.</summary>
    public PolicyVerdict? this[int from, int to] => _verdicts[from, to];

    private static (InternetAddress Source, InternetAddress Destination)? CommonAddresses(PolicyEndpoint from, PolicyEndpoint to)
    {
        foreach (InternetPrefix source in from.Nets)
        {
            foreach (InternetPrefix destination in to.Nets)
            {
                if (source.Family == destination.Family)
                {
                    return (source.Address, destination.Address);
                }
            }
        }

        return null;
    }
}
