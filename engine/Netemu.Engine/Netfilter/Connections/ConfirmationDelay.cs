using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Netfilter.Connections;

/// <summary>
/// First packets of connections on their way to confirmation: with netemu.conntrack_confirm_delay they wait here as on Linux
/// they are in the hands of one core while another looks up. IPv4 only.
/// </summary>
internal sealed class ConfirmationDelay(NetworkNamespace space, ConnectionConfirmation confirmation)
{
    private readonly HashSet<Held> _held = [];

    public int Count => _held.Count;

    /// <summary>Takes ownership.</summary>
    public void Hold(Frame frame, HookPoint point, NetDevice? input, NetDevice? output)
    {
        Held held = new(this, frame, point, input, output);
        _held.Add(held);
        frame.Trace?.Add(space, Tracing.TraceStage.Postrouting, $"conntrack: confirmation in {space.Settings.Conntrack.ConfirmDelay}", output ?? input);
        space.Node.Schedule(held, space.Node.Now + space.Settings.Conntrack.ConfirmDelay);
    }

    /// <summary>The namespace ends.</summary>
    public void DropAll()
    {
        foreach (Held held in _held)
        {
            space.Node.Cancel(held);
            space.Drop(held.Frame, DropReason.NodeDown);
        }

        _held.Clear();
    }

    private void Release(Held held)
    {
        _held.Remove(held);
        if (confirmation.Confirm(space, held.Frame) == HookVerdict.Accept)
        {
            space.IPv4.Resume(held.Frame, held.Point, held.Input, held.Output);
        }
    }

    private sealed class Held(ConfirmationDelay owner, Frame frame, HookPoint point, NetDevice? input, NetDevice? output) : TimerEntry
    {
        public Frame Frame => frame;

        public HookPoint Point => point;

        public NetDevice? Input => input;

        public NetDevice? Output => output;

        public override void Expire() => owner.Release(this);
    }
}
