using Netemu.Engine.Dhcp;
using Netemu.Engine.IPv6;
using Netemu.Engine.Namespaces;

namespace Netemu.Topologies.Addressing;

/// <summary>A process of this extension in a namespace; one of the three is set.</summary>
internal sealed class RunningService(string name, NetworkNamespace space)
{
    public string Name { get; } = name;

    public NetworkNamespace Space { get; } = space;

    public DhcpServer? Server { get; set; }

    public DhcpClient? Client { get; set; }

    public RouterAdvertiser? Advertiser { get; set; }

    /// <summary>Ends without a farewell (SIGKILL): leases stay, and hosts keep the router until its lifetime is over.</summary>
    public void Kill()
    {
        Server?.Stop();
        Client?.Stop();
        Advertiser?.Kill();
    }
}
