using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.IPv4;

/// <summary>What goes on after a hook has kept a packet for a while (nf_reinject).</summary>
public sealed partial class IPv4Stack
{
    /// <summary>Lets a packet go on behind the last hook of LocalIn or Postrouting. Takes ownership.</summary>
    internal void Resume(Frame frame, HookPoint point, NetDevice? input, NetDevice? output)
    {
        if (point == HookPoint.LocalIn)
        {
            DispatchTransport(frame, input!);
            return;
        }

        IPv4Address destination = IPv4Address.Read(frame.Bytes[(NetworkOffset + IPv4Header.DestinationOffset)..]);
        OutputRoute<IPv4Address> way = RouteOutput(destination, default, null, frame.Mark);
        if (way.Error != Errno.None || !ReferenceEquals(way.Device, output))
        {
            // The route has changed meanwhile.
            Namespace.Drop(frame, DropReason.NoRoute);
            return;
        }

        SendOut(frame, way, destination, hooks: null);
    }
}
