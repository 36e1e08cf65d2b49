using System;
using Netemu.Engine.Devices;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
namespace Netemu.Topologies.Running.Probes;

/// <summary>Puts a raw frame on a device, as a packet socket does.</summary>
internal sealed class SendExecution(SendProbe probe, StepContext context) : StepExecution
{
    private string? _failure;
    private int _sent;

    public override void Begin()
    {
        NetDevice? device = context.Topology.FindDevice(probe.From);
        ReadOnlyMemory<byte> frame = device is null || probe.Fields is null ? probe.Frame : FrameBuilder.Build(probe.Fields, device);
        if (device is null)
        {
            _failure = $"'{probe.From}' does not exist";
        }
        else if (!device.IsUp)
        {
            _failure = "ENETDOWN";
        }
        else if (frame.Length > device.Mtu + 18)
        {
            _failure = "EMSGSIZE";
        }
        else
        {
            for (; _sent < probe.Count; _sent++)
            {
                device.Transmit(context.Emulation.Frames.Rent(frame.Span));
            }
        }

        Finish(context.Now);
    }

    public override ObservedMapping Observe() =>
        new ObservedMapping().With("outcome", _failure is null ? "sent" : "errno").WithAny("errno", _failure).With("sent", _sent);
}
