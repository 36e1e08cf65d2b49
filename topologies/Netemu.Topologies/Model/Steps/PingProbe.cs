namespace Netemu.Topologies.Model.Steps;

/// <summary>ICMP or ICMPv6 echo requests.</summary>
public sealed class PingProbe : ProbeAction
{
    public override string Kind => "ping";

    /// <summary>Waits for every answer until the timeout, rather than for the first to the last request.</summary>
    public bool All { get; internal set; }
}
