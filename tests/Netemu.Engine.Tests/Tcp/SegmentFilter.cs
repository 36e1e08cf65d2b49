using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>Stands in front of a namespace, notes each TCP segment that arrives, and loses those that a test names.</summary>
internal sealed class SegmentFilter : IPacketHook
{
    private int _count;

    /// <summary>Decides by running number (from 0) and segment; true loses it.</summary>
    public Func<int, ObservedSegment, bool>? Loses { get; set; }

    public List<ObservedSegment> Seen { get; } = [];

    /// <summary>False to keep long transfers from being noted.</summary>
    public bool Notes { get; set; } = true;

    public int Count => _count;

    public HookVerdict Evaluate(
        NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
    {
        Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
        if (family == AddressFamily.IPv4 ? packet[9] != 6 : packet[6] != 6)
        {
            return HookVerdict.Accept;
        }

        ObservedSegment segment = ObservedSegment.Read(packet, space.Node.Now);
        if (Notes)
        {
            Seen.Add(segment);
        }

        int number = _count++;
        if (Loses?.Invoke(number, segment) == true)
        {
            space.Drop(frame, DropReason.ImpairLoss);
            return HookVerdict.Stolen;
        }

        return HookVerdict.Accept;
    }
}
