using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Vxlan;
using Netemu.Engine.Namespaces;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
namespace Netemu.Topologies.Running.Checks;

/// <summary>
/// A counter of a device, by the names under /sys/class/net/DEV/statistics; and <c>l2miss</c> and <c>l3miss</c> of a VXLAN
/// device, the messages that Linux would have sent to who listens (<c>ip monitor neigh</c>: "miss ...").
/// </summary>
internal sealed class CounterExecution(CounterCheck check, StepContext context) : CheckExecution(context)
{
    public override ObservedMapping Observe()
    {
        NetworkNamespace? space = Context.Topology.FindNamespace(check.In);
        NetDevice? device = check.Device is null ? null : space?.FindDevice(check.Device);
        if (device is null)
        {
            return Missing(space is null ? $"'{check.In}' does not exist" : $"no device '{check.Device}'");
        }

        DeviceCounters counters = device.Counters;
        long? value = check.Name.Replace('-', '_') switch
        {
            "rx_packets" => counters.ReceivedPackets,
            "rx_bytes" => counters.ReceivedBytes,
            "rx_dropped" => counters.ReceiveDropped,
            "tx_packets" => counters.TransmittedPackets,
            "tx_bytes" => counters.TransmittedBytes,
            "tx_dropped" => counters.TransmitDropped,
            "l2miss" => (device as VxlanDevice)?.L2Misses,
            "l3miss" => (device as VxlanDevice)?.L3Misses,
            _ => null,
        };
        return value is { } known
            ? new ObservedMapping().With("outcome", known).With("value", known).With("name", check.Name)
            : Missing($"no counter '{check.Name}'");
    }
}
