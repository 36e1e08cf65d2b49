namespace Netemu.Topologies.Model.Steps;

/// <summary>A DNS query; <see cref="ProbeAction.To"/> is the server, or null for the one the namespace uses.</summary>
public sealed class DnsProbe : ProbeAction
{
    public override string Kind => "dns";

    public string Name { get; internal set; } = string.Empty;

    /// <summary>A or AAAA.</summary>
    public string Type { get; internal set; } = "A";

    public int Port { get; internal set; } = 53;
}
