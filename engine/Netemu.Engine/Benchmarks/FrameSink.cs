using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Benchmarks;

/// <summary>A hook that counts packets and ends them, as `nft drop` in a raw chain does in the kernel's benchmark.</summary>
internal sealed class FrameSink : IPacketHook
{
    public long Count { get; private set; }

    public HookVerdict Evaluate(
        NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
    {
        Count++;
        frame.Deliver();
        return HookVerdict.Stolen;
    }
}
