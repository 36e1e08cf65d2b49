using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Workloads;

/// <summary>Derives EndpointSlices from Service selectors and Pods, as the endpoint slice controller does.</summary>
public static class ServiceEndpoints
{
    /// <summary>
    /// The slice of a Service with a selector, or null for one whose slices are given. Pods that resolve a named target
    /// port differently would need slices of their own; the first pod that has the name decides here, and pods that
    /// disagree are left out.
    /// </summary>
    public static EndpointSlice? SliceOf(Service service, IEnumerable<Pod> pods)
    {
        if (service.PodSelector is not { Count: > 0 } selector || service.Type == ServiceType.ExternalName)
        {
            return null;
        }

        List<Pod> selected =
        [
            .. pods.Where(pod => pod.Namespace == service.Namespace && !pod.IsFinished && pod.Addresses.Count > 0
                && selector.All(label => pod.Metadata.Labels[label.Key] == label.Value)),
        ];
        List<NamedPort> ports = [];
        foreach (ServicePort port in service.Ports)
        {
            ushort? number = port.TargetPort.IsNamed
                ? selected.Select(pod => Resolve(pod, port)).FirstOrDefault(found => found is not null)
                : port.TargetPort.First;
            if (number is not { } resolved)
            {
                continue;
            }

            ports.Add(new NamedPort(port.Name, port.Protocol, resolved));
            selected.RemoveAll(pod => port.TargetPort.IsNamed && Resolve(pod, port) != resolved);
        }

        ObjectMetadata metadata = new(service.Name, service.Namespace)
        {
            Labels = Selectors.LabelSet.Of((EndpointSlice.ServiceNameLabel, service.Name)),
        };
        return new EndpointSlice(metadata, service.Name)
        {
            Source = service.Source,
            Ports = ports,
            Endpoints = [.. selected.Select(pod => EndpointOf(pod, service))],
        };
    }

    private static ServiceEndpoint EndpointOf(Pod pod, Service service) => new(
        pod.Addresses,
        pod.IsReady || service.PublishNotReadyAddresses,
        pod.NodeName,
        pod.Subdomain == service.Name ? pod.Hostname : null,
        pod.Name);

    private static ushort? Resolve(Pod pod, ServicePort port) =>
        pod.Ports.Where(candidate => candidate.Name == port.TargetPort.Name && candidate.Protocol == port.Protocol)
            .Select(candidate => (ushort?)candidate.Port)
            .FirstOrDefault();
}
