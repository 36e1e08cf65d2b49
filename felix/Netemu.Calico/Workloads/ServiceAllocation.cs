using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Workloads;

/// <summary>
/// Gives Services what the API server gives them: a cluster address and, for NodePort and LoadBalancer, a port on every
/// node. The next free one is taken, in the order of the keys, so that the same manifests get the same numbers.
/// </summary>
public static class ServiceAllocation
{
    private const ushort FirstNodePort = 30_000;

    /// <summary>kubeadm's default service range.</summary>
    public static InternetPrefix DefaultRange { get; } = InternetPrefix.Parse("10.96.0.0/12");

    /// <summary>The Services with everything filled in, in key order.</summary>
    public static IReadOnlyList<Service> Allocate(IEnumerable<Service> services)
    {
        Service[] sorted = [.. services.OrderBy(service => service.Key)];
        HashSet<InternetAddress> addresses = [.. sorted.SelectMany(service => service.ClusterIPs)];
        HashSet<(IPProtocol, ushort)> ports =
            [.. sorted.SelectMany(service => service.Ports.Select(port => (port.Protocol, port.NodePort)))];

        // The first two addresses are the network's and the API server's.
        long nextAddress = 2;
        return [.. sorted.Select(service => service with
        {
            ClusterIPs = ClusterAddresses(service),
            Ports = [.. service.Ports.Select(port => WithNodePort(service, port))],
        })];

        IReadOnlyList<InternetAddress> ClusterAddresses(Service service)
        {
            if (service.IsHeadless || service.Type == ServiceType.ExternalName || service.ClusterIPs.Count > 0)
            {
                return service.ClusterIPs;
            }

            InternetAddress address;
            do
            {
                address = DefaultRange.Address.IPv4.Add(nextAddress++);
            }
            while (!addresses.Add(address));

            return [address];
        }

        ServicePort WithNodePort(Service service, ServicePort port)
        {
            if (port.NodePort > 0 || service.Type is not (ServiceType.NodePort or ServiceType.LoadBalancer))
            {
                return port;
            }

            ushort candidate = FirstNodePort;
            while (!ports.Add((port.Protocol, candidate)))
            {
                candidate++;
            }

            return port with { NodePort = candidate };
        }
    }
}
