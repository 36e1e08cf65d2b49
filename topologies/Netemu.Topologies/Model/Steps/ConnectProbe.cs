namespace Netemu.Topologies.Model.Steps;

/// <summary>A conversation whose verdict a policy decides: allowed, denied, refused or lost.</summary>
public sealed class ConnectProbe : ProbeAction
{
    public override string Kind => "connect";

    /// <summary>The IP protocol number; TCP unless said otherwise.</summary>
    public int Protocol { get; internal set; } = 6;

    public int? Port { get; internal set; }

    public int? SourcePort { get; internal set; }

    public int? IcmpType { get; internal set; }

    public int? IcmpCode { get; internal set; }

    /// <summary><c>state: established</c>: the packet belongs to a conversation that was allowed before.</summary>
    public bool Established { get; internal set; }
}
