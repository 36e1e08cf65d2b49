using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>Where a tunnelling process sends the packets of a subnet.</summary>
public sealed class ProcessRouteSpec : Spec
{
    public InternetPrefix To { get; internal set; }

    public InternetAddress Via { get; internal set; }

    /// <summary>Null is the process's well-known port.</summary>
    public int? Port { get; internal set; }
}
