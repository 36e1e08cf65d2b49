using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model.Steps;

/// <summary>A socket that listens for the time of one step.</summary>
public sealed class ListenerSpec : Spec
{
    public EndpointRef At { get; internal set; } = null!;

    /// <summary>Null is the probe's own port.</summary>
    public int? Port { get; internal set; }

    /// <summary>Whether what comes is sent back.</summary>
    public bool Echo { get; internal set; }

    public InternetAddress? Address { get; internal set; }
}
