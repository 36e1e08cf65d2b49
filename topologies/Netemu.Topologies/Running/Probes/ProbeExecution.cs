using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;
using Netemu.Topologies.Model.Steps;
using ProbeDiscovery = Netemu.Topologies.Model.Steps.PathMtuDiscovery;
using SocketDiscovery = Netemu.Engine.Sockets.PathMtuDiscovery;

namespace Netemu.Topologies.Running.Probes;

/// <summary>What probes have in common: where they start, whom they address, and how they fail before the first packet.</summary>
internal abstract class ProbeExecution(ProbeAction action, StepContext context) : StepExecution
{
    protected StepContext Context => context;

    /// <summary>The namespace that sends; null where it does not exist.</summary>
    protected NetworkNamespace? Space { get; private set; }

    /// <summary>The address that the packets go to.</summary>
    protected InternetAddress Destination { get; private set; }

    /// <summary>The device that the socket is bound to, or null.</summary>
    protected NetDevice? Device { get; private set; }

    /// <summary>Why nothing could be sent; null while all is well.</summary>
    protected string? Failure { get; set; }

    public sealed override void Begin()
    {
        Space = context.Topology.FindNamespace(action.From);
        if (Space is null)
        {
            Fail($"'{action.From}' does not exist");
            return;
        }

        Destination = action.To is null ? default : context.Topology.FindAddress(action.To, action.Family);
        if (action.To is not null && Destination.IsNone)
        {
            Fail($"'{action.To}' has no address");
            return;
        }

        if (action.Device is not null && (Device = Space.FindDevice(action.Device)) is null)
        {
            // SO_BINDTODEVICE to a device that is not there.
            Fail(nameof(Errno.ENODEV));
            return;
        }

        Start(Space);
    }

    protected static SocketDiscovery Convert(ProbeDiscovery discovery) => discovery switch
    {
        ProbeDiscovery.Do => SocketDiscovery.Do,
        ProbeDiscovery.Dont => SocketDiscovery.Dont,
        ProbeDiscovery.Probe => SocketDiscovery.Probe,
        _ => SocketDiscovery.Want,
    };

    /// <summary>Opens sockets and sends what is sent first.</summary>
    protected abstract void Start(NetworkNamespace space);

    /// <summary>Arms a timer of the sending node.</summary>
    protected void Arm(TimerEntry timer, SimTime due) => Space!.Node.Schedule(timer, due);

    protected void Disarm(TimerEntry timer) => Space?.Node.Cancel(timer);

    private void Fail(string reason)
    {
        Failure = reason;
        Finish(context.Now);
    }
}
