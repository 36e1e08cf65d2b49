namespace Netemu.Topologies.Model.Steps;

/// <summary>Probes with rising TTL that report who answers at each.</summary>
public sealed class TracerouteProbe : ProbeAction
{
    public override string Kind => "traceroute";

    public int? MaxHops { get; internal set; }

    /// <summary>The transport of the probes: UDP (the default), ICMP or TCP.</summary>
    public string? Protocol { get; internal set; }

    public int? Port { get; internal set; }

    /// <summary>Probes per hop.</summary>
    public int? Queries { get; internal set; }
}
