using System.Collections.Generic;

namespace Netemu.Topologies.Model.Steps;

/// <summary>UDP datagrams to a port, with listeners for the time of the step.</summary>
public sealed class UdpProbe : ProbeAction
{
    public override string Kind => "udp";

    public int Port { get; internal set; }

    /// <summary>One datagram from each port.</summary>
    public PortRange? SourcePorts { get; internal set; }

    public IReadOnlyList<ListenerSpec> Listen { get; internal set; } = [];
}
