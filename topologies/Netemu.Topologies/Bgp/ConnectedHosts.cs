using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;

namespace Netemu.Topologies.Bgp;

/// <summary>
/// Addresses of 32 bits. To zebra the prefix of such an address is connected like any other; Linux has no route in MAIN for it.
/// One with a peer has a route to that, and 127.0.0.0/8 is nobody's business.
/// </summary>
public static class ConnectedHosts
{
    public static IEnumerable<DeviceAddress<IPv4Address>> Of(NetworkNamespace space)
    {
        foreach (DeviceAddress<IPv4Address> own in space.IPv4.Addresses)
        {
            if (own.OnLinkPrefix.Length == 32 && !own.HasPeer && own.Device.IsUp && !own.Address.IsLoopback)
            {
                yield return own;
            }
        }
    }
}
