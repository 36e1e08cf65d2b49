using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Frames;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Devices.Vxlan;

/// <summary>The way in (vxlan_rcv, vxlan_set_mac, vxlan_snoop).</summary>
public sealed partial class VxlanDevice
{
    /// <summary>An outer packet for this VNI; the inner frame starts at <paramref name="offset"/>. Takes ownership.</summary>
    internal void Unwrap(Frame frame, int offset, InternetAddress from, byte outerTrafficClass)
    {
        if (frame.Trace is not null)
        {
            TraceUnwrapped(frame, from);
        }

        frame.Strip(offset);

        // What was known of checksums was known of the outer packet.
        frame.Flags &= ~(FrameFlags.HeaderChecked | FrameFlags.TransportChecked | FrameFlags.LocallyGenerated);
        MacAddress source = new(BinaryPrimitives.ReadUInt64BigEndian(frame.Bytes[4..]) & 0xFFFF_FFFF_FFFF);
        if (source == Mac)
        {
            // A loop, or the echo of our own multicast.
            DropReceived(frame, DropReason.VxlanInvalid);
            return;
        }

        if (Options.Learning)
        {
            if (source.IsZero || source.IsMulticast)
            {
                DropReceived(frame, DropReason.VxlanInvalid);
                return;
            }

            if (!Fdb.Learn(source, from))
            {
                DropReceived(frame, DropReason.VxlanEntryExists);
                return;
            }
        }

        if (!Ecn.Decapsulate(frame, outerTrafficClass))
        {
            DropReceived(frame, DropReason.TunnelEcn);
            return;
        }

        if (ReferenceEquals(Underlay, Namespace))
        {
            frame.ForgetConnection();
        }
        else
        {
            frame.Scrub();
        }

        Node.Shard.HandOver(frame, this);
    }
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TraceUnwrapped(Frame frame, InternetAddress from) =>
        frame.Trace!.Add(Underlay, TraceStage.Tunnel, $"unwrapped by {Name}: VNI {Options.Vni} from {from}", this);

    /// <summary>Drops what came in by the underlay and counts it as received by this device.</summary>
    private void DropReceived(Frame frame, DropReason reason)
    {
        frame.Input = this;
        Drop(frame, reason);
    }
}
