using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
namespace Netemu.Topologies.Running.Checks;

/// <summary>An entry of the neighbour table, in the words of <c>ip neigh</c>.</summary>
internal sealed class NeighbourExecution(NeighbourCheck check, StepContext context) : CheckExecution(context)
{
    public override ObservedMapping Observe()
    {
        NetworkNamespace? space = Context.Topology.FindNamespace(check.In);
        return space is null ? Missing($"'{check.In}' does not exist")
            : check.Address.IsIPv4 ? Find(space.IPv4.Neighbours, check.Address.IPv4)
            : Find(space.IPv6.Neighbours, check.Address.IPv6);
    }

    private ObservedMapping Find<TAddress>(NeighbourTable<TAddress> table, TAddress address)
        where TAddress : struct, IIPAddress<TAddress>
    {
        NeighbourEntry<TAddress>? entry = table.Entries()
            .FirstOrDefault(e => e.Address.Equals(address) && (check.Device is null || e.Device.Name == check.Device));
        if (entry is null)
        {
            return Missing();
        }

        string state = entry.EffectiveState.ToString().ToUpperInvariant();
        ObservedMapping seen = new();
        seen.With("outcome", "present").With("state", state).With("address", InternetAddress.From(entry.Address)).With("dev", entry.Device.Name);
        return entry.Mac.IsZero ? seen : seen.With("mac", entry.Mac.ToString()).With("lladdr", entry.Mac.ToString());
    }
}
