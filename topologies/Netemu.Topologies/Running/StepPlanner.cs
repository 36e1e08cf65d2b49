using System.Collections.Generic;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Building;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running.Changes;
using Netemu.Topologies.Running.Checks;
using Netemu.Topologies.Running.Probes;

namespace Netemu.Topologies.Running;

/// <summary>Finds who executes each step: an extension, or this project. What nobody executes is unsupported.</summary>
internal sealed class StepPlanner(RunSession session)
{
    /// <summary>The steps that can run; the rest is told to <paramref name="diagnostics"/>.</summary>
    public List<StepPlan> Plan(IReadOnlyList<StepSpec> steps, DiagnosticBag diagnostics)
    {
        StepContext context = new(session.Topology, session.Commands);
        List<StepPlan> plans = [];
        foreach (StepSpec step in steps)
        {
            if (Execution(step, context) is { } execution)
            {
                plans.Add(new StepPlan(step, execution));
            }
            else
            {
                bool needsCluster = step.Action is ConnectProbe or ApplyChange or PatchChange or DeleteChange;
                diagnostics.Unsupported(
                    BuildCode.UnsupportedStep,
                    needsCluster ? $"the step '{step.Action.Kind}' needs a cluster" : $"the step '{step.Action.Kind}' is not supported in this build",
                    step.Action.Range,
                    needsCluster ? "a topology has one by its manifests, or by a 'cluster:' section" : null);
            }
        }

        return plans;
    }

    private StepExecution? Execution(StepSpec step, StepContext context)
    {
        foreach (EmulationExtension extension in context.Topology.Extensions)
        {
            if (extension.Start(step, context) is { } execution)
            {
                return execution;
            }
        }

        return step.Action switch
        {
            PingProbe ping => new PingExecution(ping, step, context),
            TracerouteProbe { Protocol: null or "udp" } traceroute => new TracerouteExecution(traceroute, context),
            UdpProbe udp => new UdpExecution(udp, step, context),
            TcpProbe tcp => new TcpExecution(tcp, step, context),
            HttpProbe http => new HttpExecution(http, context),
            DnsProbe dns => new DnsExecution(dns, context),
            SendProbe send => new SendExecution(send, context),
            WaitAction wait => new WaitExecution(wait, context),
            ExecAction exec when context.Commands is not null => new ExecExecution(exec, context),
            RouteCheck route => new RouteExecution(route, context),
            NeighbourCheck neighbour => new NeighbourExecution(neighbour, context),
            FdbCheck fdb => new FdbExecution(fdb, context),
            DropsCheck drops => new DropsExecution(drops, context),
            CounterCheck counter => new CounterExecution(counter, context),
            LinkChange link => new LinkExecution(link, context),
            ImpairChange impair => new ImpairExecution(impair, context),
            NodeChange node => new NodeExecution(node, session),
            _ => null,
        };
    }
}
