using System.Collections.Generic;

namespace Netemu.Topologies.Model.Steps;

/// <summary>A TCP connection attempt.</summary>
public sealed class TcpProbe : ProbeAction
{
    public override string Kind => "tcp";

    public int Port { get; internal set; }

    public PortRange? SourcePorts { get; internal set; }

    public IReadOnlyList<ListenerSpec> Listen { get; internal set; } = [];
}
