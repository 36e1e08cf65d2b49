using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;
namespace Netemu.Topologies.Running.Checks;

/// <summary>How many frames a node or namespace (or the whole topology) has dropped, and why.</summary>
internal sealed class DropsExecution(DropsCheck check, StepContext context) : CheckExecution(context)
{
    public override ObservedMapping Observe()
    {
        List<NetworkNamespace> spaces = [.. Spaces()];
        ObservedMapping reasons = new();
        long total = 0;
        for (DropReason reason = DropReason.None + 1; reason < DropReason.Count; reason++)
        {
            long count = spaces.Sum(s => s.Drops(reason));
            if (count > 0 && (check.Reason is null || string.Equals(check.Reason, reason.ToString(), StringComparison.OrdinalIgnoreCase)))
            {
                reasons.With(reason.ToString(), count);
                total += count;
            }
        }

        return new ObservedMapping().With("outcome", total).With("count", total).With("reasons", reasons);
    }

    /// <summary>A node is all its namespaces; a further namespace is itself.</summary>
    private IEnumerable<NetworkNamespace> Spaces()
    {
        if (check.In is null)
        {
            return Context.Emulation.Nodes.SelectMany(n => n.Namespaces);
        }

        NetworkNamespace? space = Context.Topology.FindNamespace(check.In);
        return space is null ? [] : check.In is NodeEndpoint { Namespace: null } ? space.Node.Namespaces : [space];
    }
}
