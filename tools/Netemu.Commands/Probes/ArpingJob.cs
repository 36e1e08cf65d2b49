using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;

namespace Netemu.Commands.Probes;

/// <summary>A running arping: asks once per interval and watches the device for answers.</summary>
internal sealed class ArpingJob : CommandJob, IFrameTap
{
    private readonly NetworkNamespace _space;
    private readonly Node _node;
    private readonly NetDevice _device;
    private readonly ArpingOptions _options;
    private readonly IPv4Address _source;
    private readonly IPv4Address _target;
    private readonly CallbackTimer _timer;
    private readonly CallbackTimer _timeout;
    private readonly CallbackTimer _end;
    private readonly CommandOutput _output = new();
    private MacAddress _destination = MacAddress.Broadcast;
    private SimTime _last;
    private long _sent;
    private long _broadcasts;
    private long _received;

    public ArpingJob(NetworkNamespace space, NetDevice device, ArpingOptions options, IPv4Address source, IPv4Address target)
    {
        _space = space;
        _node = space.Node;
        _device = device;
        _options = options;
        _source = source;
        _target = target;
        _timer = new CallbackTimer(Tick);
        _timeout = new CallbackTimer(Finish);
        _end = new CallbackTimer(Finish);
    }

    public void Begin()
    {
        if (!_options.IsQuiet)
        {
            _output.Line($"ARPING {_target} from {_source} {_device.Name}");
        }

        _device.AddTap(this);
        if (_options.Timeout > Duration.Zero)
        {
            _node.Schedule(_timeout, _node.Now + _options.Timeout);
        }

        Tick();
    }

    public override void Interrupt() => Finish();

    public void Seen(Frame frame, NetDevice device, bool outgoing)
    {
        if (outgoing || IsCompleted || _end.IsArmed || !TryRead(frame, out ArpPacket packet, out bool isBroadcast))
        {
            return;
        }

        _received++;
        if (!_options.IsQuiet)
        {
            long microseconds = (_node.Now - _last).Microseconds;
            _output.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{(isBroadcast ? "Broadcast" : "Unicast")} reply from {packet.SenderAddress} [{packet.SenderMac.ToString().ToUpperInvariant()}]  {microseconds / 1000}.{microseconds % 1000:d3}ms"));
        }

        if (!_options.KeepsBroadcasting && !isBroadcast)
        {
            _destination = packet.SenderMac;
        }

        if (_options.QuitsOnReply || (_options.Count > 0 && _sent >= _options.Count && _received >= _sent))
        {
            // Not inside the device's own walk over its taps.
            _node.Schedule(_end, _node.Now);
        }
    }

    private bool TryRead(Frame frame, out ArpPacket packet, out bool isBroadcast)
    {
        packet = default;
        isBroadcast = false;
        if (frame.Bytes.Length < EthernetHeader.Size || frame.Bytes[12] != 0x08 || frame.Bytes[13] != 0x06
            || ArpPacket.TryParse(frame.Bytes[EthernetHeader.Size..], out packet) != WireError.None)
        {
            return false;
        }

        isBroadcast = (frame.Bytes[0] & 1) != 0;
        return packet.Operation == ArpOperation.Reply && packet.SenderAddress == _target && !_options.IsUnsolicited
            && (_options.IsDuplicateDetection || packet.TargetAddress == _source);
    }

    private void Tick()
    {
        if (_options.Count > 0 && _sent >= _options.Count)
        {
            Finish();
            return;
        }

        _sent++;
        _broadcasts += _destination.IsBroadcast ? 1 : 0;
        _last = _node.Now;
        _node.Schedule(_timer, _node.Now + _options.Interval);

        // send_pack: the target's MAC is the one that the packet goes to, broadcast at first; in a reply (-A) the own one.
        ArpOperation operation = _options.IsAnswer ? ArpOperation.Reply : ArpOperation.Request;
        _space.IPv4.Arp.Send(operation, _device, _source, _target, _options.IsAnswer ? _device.Mac : _destination, _destination);
    }

    private void Finish()
    {
        if (IsCompleted)
        {
            return;
        }

        _node.Cancel(_timer);
        _node.Cancel(_timeout);
        _node.Cancel(_end);
        _device.RemoveTap(this);
        if (!_options.IsQuiet)
        {
            _output.Line($"Sent {_sent} probes ({_broadcasts} broadcast(s))");
            _output.Line($"Received {_received} response(s)");
        }

        bool failed = _options.IsDuplicateDetection ? _received > 0 : !_options.IsUnsolicited && _received == 0;
        Complete(_output.ToResult(failed ? 1 : 0));
    }
}
