using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Netfilter.Connections;

/// <summary>
/// Puts IPv4 datagrams together before anything looks at their ports (nf_defrag_ipv4). The whole datagram starts again at
/// Prerouting, where it passes this hook at once; the way out fragments it again.
/// </summary>
internal sealed class Defragmenter : IUniformHook
{
    public HookVerdict Evaluate(
        NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
    {
        if (!new IPv4Header(frame.Bytes[EthernetHeader.Size..]).IsFragment || input is null)
        {
            return HookVerdict.Accept;
        }

        int physicalInput = frame.PhysicalInput;
        Frame? whole = space.IPv4.Defragment(frame);
        if (whole is not null && physicalInput != 0 && input is BridgeDevice bridge)
        {
            whole.PhysicalInput = physicalInput;
            bridge.ResumeAtPrerouting(whole);
        }
        else if (whole is not null)
        {
            space.IPv4.Receive(whole, input);
        }

        return HookVerdict.Stolen;
    }

    /// <summary>The packets are whole.</summary>
    public bool TryFollow(HookPoint point, EstablishedPath path) => true;
}
