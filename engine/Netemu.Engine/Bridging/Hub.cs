using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Bridging;

/// <summary>
/// A repeater: what comes in at one port goes out at all others, whatever it is and whoever it is for. It has no address,
/// learns none, and keeps nothing for itself, not even the groups that bridges reserve.
/// </summary>
public sealed class Hub : IReceiveHandler
{
    private NetDevice[] _ports = [];

    /// <summary>Takes a device as a port: its frames no longer reach its namespace.</summary>
    public void AddPort(NetDevice device)
    {
        _ports = [.. _ports, device];
        device.Handler = this;
    }

    public void Handle(Frame frame, NetDevice device)
    {
        NetDevice? previous = null;
        foreach (NetDevice port in _ports)
        {
            if (ReferenceEquals(port, device) || !port.IsRunning)
            {
                continue;
            }

            if (previous is not null)
            {
                previous.Transmit(frame.Clone());
            }

            previous = port;
        }

        if (previous is null)
        {
            device.Drop(frame, DropReason.BridgeNoForwardPort);
            return;
        }

        frame.Trace?.Add(device.Namespace, TraceStage.Bridge, "repeated to all other ports", device);
        previous.Transmit(frame);
    }

    public void StateChanged(NetDevice device)
    {
        // Nothing depends on it: a port without carrier is passed over.
    }
}
