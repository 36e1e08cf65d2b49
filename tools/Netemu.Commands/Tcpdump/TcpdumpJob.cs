using System.Collections.Generic;
using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Commands.Tcpdump;

/// <summary>A running tcpdump: a tap on one device or on all, until it has seen enough or is interrupted.</summary>
internal sealed class TcpdumpJob : CommandJob, IFrameTap
{
    private readonly IReadOnlyList<NetDevice> _devices;
    private readonly TcpdumpOptions _options;
    private readonly PacketFilterExpression.Condition _filter;
    private readonly TcpdumpPrinter _printer;
    private readonly CommandOutput _output = new();
    private long _captured;

    public TcpdumpJob(IReadOnlyList<NetDevice> devices, TcpdumpOptions options, PacketFilterExpression.Condition filter)
    {
        _devices = devices;
        _options = options;
        _filter = filter;
        _printer = new TcpdumpPrinter(options);
        string where = options.AllDevices
            ? "any, link-type LINUX_SLL2 (Linux cooked v2)"
            : $"{devices[0].Name}, link-type EN10MB (Ethernet)";
        _output.ErrorLine(options.IsVerbose
            ? $"tcpdump: listening on {where}, snapshot length 262144 bytes"
            : $"tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\nlistening on {where}, snapshot length 262144 bytes");
        foreach (NetDevice device in devices)
        {
            device.AddTap(this);
        }
    }

    public void Seen(Frame frame, NetDevice device, bool outgoing)
    {
        if (IsCompleted || (_options.Direction == "in" && outgoing) || (_options.Direction == "out" && !outgoing) || !_filter(frame.Bytes))
        {
            return;
        }

        _captured++;
        _output.Line(_printer.Line(frame.Bytes, device.Node.Now, device.Name, outgoing));
        if (_captured == _options.Count)
        {
            Finish();
        }
    }

    public override void Interrupt() => Finish();

    private void Finish()
    {
        if (IsCompleted)
        {
            return;
        }

        foreach (NetDevice device in _devices)
        {
            device.RemoveTap(this);
        }

        string count = _captured.ToString(CultureInfo.InvariantCulture);
        string noun = _captured == 1 ? "packet" : "packets";
        _output.ErrorLine($"{count} {noun} captured\n{count} {noun} received by filter\n0 packets dropped by kernel");
        Complete(_output.ToResult(0));
    }
}
