using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Filtering;

/// <summary>A function at a hook point: a table's base chain, connection tracking, address translation.</summary>
public interface IPacketHook
{
    /// <summary>
    /// Judges a packet, whose IP header starts 14 bytes into the frame. A hook that does not accept has already dropped,
    /// rejected or kept the frame.
    /// </summary>
    HookVerdict Evaluate(
        NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output);
}
