using System;
using System.Collections.Generic;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Addressing;

/// <summary><c>kill:</c> of a DHCP server or client, or of an advertising router.</summary>
internal sealed class KillServiceExecution(
    IReadOnlyList<RunningService> services, Action<RunningService> remove, StepContext context) : StepExecution
{
    public override void Begin()
    {
        foreach (RunningService service in services)
        {
            service.Kill();
            remove(service);
        }

        Finish(context.Now);
    }

    public override ObservedMapping Observe() => new ObservedMapping().With("outcome", "killed");
}
