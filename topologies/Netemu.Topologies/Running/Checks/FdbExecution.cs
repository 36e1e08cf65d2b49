using System.Linq;
using Netemu.Engine.Bridging;
using Netemu.Engine.Namespaces;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
namespace Netemu.Topologies.Running.Checks;

/// <summary>Where a bridge has seen an address, in the words of <c>bridge fdb</c>.</summary>
internal sealed class FdbExecution(FdbCheck check, StepContext context) : CheckExecution(context)
{
    public override ObservedMapping Observe()
    {
        NetworkNamespace? space = Context.Topology.FindNamespace(check.In);
        if (space is null)
        {
            return Missing($"'{check.In}' does not exist");
        }

        BridgeDevice? bridge = check.Device is null
            ? space.Devices.OfType<BridgeDevice>().FirstOrDefault()
            : space.FindDevice(check.Device) as BridgeDevice;
        FdbEntry? entry = bridge?.Fdb.Find(check.Mac);
        if (bridge is null || entry is null)
        {
            return Missing(bridge is null ? "no such bridge" : "absent");
        }

        ObservedMapping seen = new();
        seen.With("outcome", "present").With("state", entry.IsLocal ? "permanent" : entry.IsStatic ? "static" : "learned").With("mac", entry.Mac.ToString());
        string port = entry.Port?.Device.Name ?? bridge.Name;
        seen.With("dev", port).With("port", port).With("bridge", bridge.Name);
        return entry.IsLocal || entry.IsStatic ? seen : seen.With("age", space.Node.Now - entry.Updated);
    }
}
