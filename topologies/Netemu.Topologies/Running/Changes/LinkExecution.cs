using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Running.Changes;

/// <summary>
/// Changes a link. Named by an end, its state is that device's (<c>ip link set dev X up|down</c>): the far end sees the
/// carrier go. Named as a whole, the cable itself is cut or mended.
/// </summary>
internal sealed class LinkExecution(LinkChange change, StepContext context) : StepExecution
{
    private string? _failure;

    public override void Begin()
    {
        Link? link = context.Topology.FindLink(change.Endpoint, change.Name);
        NetDevice? device = change.Endpoint is null ? null : context.Topology.FindDevice(change.Endpoint);
        if (link is null && device is null)
        {
            _failure = $"no link '{change.Endpoint?.ToString() ?? change.Name}'";
            Finish(context.Now);
            return;
        }

        SetState(link, device);
        if (change.Delay is { } delay && link is not null)
        {
            context.Emulation.SetDelay(link, delay);
        }

        if (change.Rate is { } rate && link is not null)
        {
            link.A.SetRate(rate.BitsPerSecond);
            link.B.SetRate(rate.BitsPerSecond);
        }

        Finish(context.Now);
    }

    public override ObservedMapping Observe() =>
        new ObservedMapping().With("outcome", _failure is null ? "done" : "failed").WithAny("error", _failure);

    private void SetState(Link? link, NetDevice? device)
    {
        if (change.Up is not { } up)
        {
            return;
        }

        if (device is not null)
        {
            if (up && link is not null)
            {
                context.Emulation.SetLinkState(link, up: true);
            }

            device.SetUp(up);
        }
        else
        {
            context.Emulation.SetLinkState(link!, up);
        }
    }
}
