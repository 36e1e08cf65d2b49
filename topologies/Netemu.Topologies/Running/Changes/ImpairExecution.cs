using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Topologies.Building;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Running.Changes;

/// <summary>
/// Replaces what senders do to frames: at one end, or at both ends of a named link, alike or each by itself. What is not
/// said is not impaired.
/// </summary>
internal sealed class ImpairExecution(ImpairChange change, StepContext context) : StepExecution
{
    private string? _failure;

    public override void Begin()
    {
        if (change.Endpoint is { } end)
        {
            Set(context.Topology.FindDevice(end), change.Impair);
        }
        else if (context.Topology.FindLink(null, change.Name) is { } link)
        {
            SetBoth(link);
        }
        else
        {
            _failure = $"no link '{change.Name}'";
        }

        Finish(context.Now);
    }

    public override ObservedMapping Observe() =>
        new ObservedMapping().With("outcome", _failure is null ? "done" : "failed").WithAny("error", _failure);

    private void SetBoth(Link link)
    {
        if (!change.IsPerEnd)
        {
            Set(link.A, change.Impair);
            Set(link.B, change.Impair);
            return;
        }

        if (change.Impair is not null)
        {
            Set(link.A, change.Impair);
        }

        if (change.ImpairB is not null)
        {
            Set(link.B, change.ImpairB);
        }
    }

    private void Set(NetDevice? device, ImpairSpec? impair)
    {
        if (device is null)
        {
            _failure = $"no device '{change.Endpoint}'";
            return;
        }

        Impairment.Install(device, impair);
    }
}
