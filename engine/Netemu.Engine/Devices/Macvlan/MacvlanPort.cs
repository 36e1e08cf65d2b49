using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Devices.Macvlan;

/// <summary>
/// The parent's side of macvlan (struct macvlan_port): its receive handler, which gives frames to children by their MAC.
/// What no child wants goes up to the parent's own stack; broadcasts go both ways.
/// </summary>
internal sealed class MacvlanPort(NetDevice parent) : IReceiveHandler
{
    private readonly List<MacvlanDevice> _children = [];
    private readonly Dictionary<ulong, MacvlanDevice> _byMac = [];
    private readonly Dictionary<ulong, MacvlanDevice[]> _bySource = [];

    public NetDevice Parent => parent;

    /// <summary>All children in the order of their making, those that are down among them.</summary>
    public IReadOnlyList<MacvlanDevice> Children => _children;

    public bool IsPassthru => _children.Count > 0 && _children[0].Mode == MacvlanMode.Passthru;

    public void Add(MacvlanDevice child)
    {
        _children.Add(child);
        parent.Handler ??= this;
    }

    public void Remove(MacvlanDevice child)
    {
        _children.Remove(child);
        if (_children.Count == 0 && ReferenceEquals(parent.Handler, this))
        {
            parent.Handler = null;
        }
    }

    /// <summary>macvlan_addr_busy: the parent's own address, or that of a child that is up.</summary>
    public bool IsBusy(MacAddress mac) => mac == parent.Mac || _byMac.ContainsKey(mac.Value);

    /// <summary>The child is up: frames find it from now on.</summary>
    public void Open(MacvlanDevice child) => _byMac[child.Mac.Value] = child;

    public void Close(MacvlanDevice child, MacAddress mac)
    {
        if (_byMac.TryGetValue(mac.Value, out MacvlanDevice? owner) && ReferenceEquals(owner, child))
        {
            _byMac.Remove(mac.Value);
        }
    }

    public void AddSource(MacvlanDevice child, MacAddress sender) =>
        _bySource[sender.Value] = [.. _bySource.GetValueOrDefault(sender.Value, []), child];

    public void RemoveSource(MacvlanDevice child, MacAddress sender)
    {
        MacvlanDevice[] left = Array.FindAll(_bySource.GetValueOrDefault(sender.Value, []), c => !ReferenceEquals(c, child));
        if (left.Length == 0)
        {
            _bySource.Remove(sender.Value);
        }
        else
        {
            _bySource[sender.Value] = left;
        }
    }

    /// <summary>macvlan_handle_frame.</summary>
    public void Handle(Frame frame, NetDevice device)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes;
        if (bytes.Length < EthernetHeader.Size)
        {
            device.Drop(frame, DropReason.MalformedFrame);
            return;
        }

        MacAddress destination = new(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
        MacAddress source = new(BinaryPrimitives.ReadUInt64BigEndian(bytes[4..]) & 0xFFFF_FFFF_FFFF);
        if (_bySource.Count > 0 && _bySource.TryGetValue(source.Value, out MacvlanDevice[]? listeners))
        {
            CopyToListeners(frame, destination, listeners);
        }

        if (destination.IsMulticast)
        {
            HandleGroup(frame, source);
            return;
        }

        MacvlanDevice? child = IsPassthru ? _children[0] : _byMac.GetValueOrDefault(destination.Value);
        if (child is null || child.Mode == MacvlanMode.Source)
        {
            parent.Namespace.Receive(frame, parent);
            return;
        }

        frame.Trace?.Add(parent.Namespace, TraceStage.Bridge, $"{parent.Name}: {destination} is {child.Name}", parent);

        // Whatever its address: in passthru mode unknown unicast is the child's too (pkt_type = PACKET_HOST).
        frame.Flags |= FrameFlags.ForHost;
        child.Receive(frame);
    }

    public void StateChanged(NetDevice device)
    {
        // Children hear of it as uppers.
    }

    /// <summary>A child in bridge mode sends; true if the frame is gone, false if it must go out (macvlan_queue_xmit).</summary>
    public bool TrySwitch(Frame frame, MacvlanDevice from)
    {
        MacAddress destination = new(BinaryPrimitives.ReadUInt64BigEndian(frame.Bytes) >> 16);
        if (destination.IsMulticast)
        {
            Broadcast(frame, from, m => m == MacvlanMode.Bridge, isLocal: true);
            return false;
        }

        if (!_byMac.TryGetValue(destination.Value, out MacvlanDevice? sibling) || sibling.Mode != MacvlanMode.Bridge)
        {
            return false;
        }

        // By way of the parent, so that its taps see the frame (dev_forward_skb).
        if (parent.IsTooLong(frame))
        {
            from.Drop(frame, DropReason.FrameTooLong);
            return true;
        }

        frame.Scrub();
        parent.Node.Shard.HandOver(frame, parent);
        return true;
    }

    private void HandleGroup(Frame frame, MacAddress source)
    {
        MacvlanDevice? sender = _byMac.GetValueOrDefault(source.Value);
        switch (sender?.Mode)
        {
            case null:
                // From outside: to all.
                Broadcast(frame, null, static m => m != MacvlanMode.Source, isLocal: false);
                break;
            case MacvlanMode.Vepa:
                // Ours, reflected by the switch: to all that may hear siblings.
                Broadcast(frame, sender, static m => m is MacvlanMode.Vepa or MacvlanMode.Bridge, isLocal: false);
                break;
            case MacvlanMode.Bridge:
                // Children in bridge mode have seen it on its way out.
                Broadcast(frame, sender, static m => m == MacvlanMode.Vepa, isLocal: false);
                break;
            default:
                // A private child's own frame comes back to it alone.
                parent.Node.Shard.HandOver(frame, sender!);
                return;
        }

        parent.Namespace.Receive(frame, parent);
    }

    private void Broadcast(Frame frame, MacvlanDevice? except, Func<MacvlanMode, bool> includes, bool isLocal)
    {
        foreach (MacvlanDevice child in _children)
        {
            if (!child.IsUp || ReferenceEquals(child, except) || !includes(child.Mode) || (isLocal && child.IsTooLong(frame)))
            {
                continue;
            }

            Frame copy = frame.Clone();
            if (isLocal)
            {
                copy.Scrub();
            }

            parent.Node.Shard.HandOver(copy, child);
        }
    }

    private void CopyToListeners(Frame frame, MacAddress destination, MacvlanDevice[] listeners)
    {
        foreach (MacvlanDevice listener in listeners)
        {
            if (!listener.IsUp)
            {
                continue;
            }

            Frame copy = frame.Clone();

            // What is for the parent's address counts as the child's: the packet type is the parent's.
            if (destination == parent.Mac)
            {
                copy.Flags |= FrameFlags.ForHost;
            }

            parent.Node.Shard.HandOver(copy, listener);
        }
    }
}
