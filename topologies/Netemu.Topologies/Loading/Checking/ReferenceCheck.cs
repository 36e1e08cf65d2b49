using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>Checks that every name in the file that must name something does.</summary>
internal sealed class ReferenceCheck(Binder binder, TopologyIndex index, TopologySpec topology, NameCheck names, ClusterNames cluster)
{
    public void Run()
    {
        HashSet<string> links = new(StringComparer.Ordinal);
        foreach (LinkSpec link in topology.Links)
        {
            if (link.Name is { } name && !links.Add(name))
            {
                binder.Error(LoaderCode.NameTwice, $"link '{name}' stands twice", link.Range);
            }
        }

        foreach (Reference reference in binder.References)
        {
            if (binder.IsFull)
            {
                return;
            }

            Check(reference, links);
        }
    }

    private void Check(Reference reference, HashSet<string> links)
    {
        switch (reference.Kind)
        {
            case ReferenceKind.Endpoint:
                CheckEndpoint(reference, reference.Endpoint!);
                break;

            case ReferenceKind.LinkEnd or ReferenceKind.LooseDevice:
                CheckEndpoint(reference, reference.Device!.Owner);
                break;

            case ReferenceKind.Device:
                CheckDevice(reference, reference.Device!);
                break;

            case ReferenceKind.Node:
                if (index.FindNode(reference.Text) is null && !index.ClusterNodes.Contains(reference.Text))
                {
                    names.UnknownNode(reference.Role, reference.Text, reference.Text, reference.Range);
                }

                break;

            case ReferenceKind.Peer when !IsDeviceSomewhere(reference.Text):
                names.Resolve(reference.Role, reference.Text, new NodeEndpoint(reference.Text, null), reference.Range);
                break;

            case ReferenceKind.Link when !links.Contains(reference.Text):
                binder.Error(
                    LoaderCode.UnknownLink,
                    $"{reference.Role} refers to unknown link '{reference.Text}'",
                    reference.Range,
                    Spelling.Hint(reference.Text, links) ?? "a link is named by its key 'name', or by an end such as r1:eth0");
                break;

            case ReferenceKind.LocalDevice when reference.Namespace is { } space:
                CheckLocalDevice(reference, space);
                break;
        }
    }

    private void CheckEndpoint(Reference reference, EndpointRef endpoint)
    {
        switch (endpoint)
        {
            case NodeEndpoint place:
                names.Resolve(reference.Role, reference.Text, place, reference.Range);
                break;

            case PodEndpoint pod when !cluster.HasPod(pod.Namespace, pod.Name):
                binder.Error(
                    LoaderCode.UnknownPod,
                    $"{reference.Role} '{reference.Text}' refers to unknown pod '{pod.Namespace}/{pod.Name}'",
                    reference.Range,
                    Spelling.Hint($"{pod.Namespace}/{pod.Name}", cluster.Pods));
                break;

            case ServiceEndpoint service when !cluster.HasService(service.Namespace, service.Name):
                binder.Error(
                    LoaderCode.UnknownService,
                    $"{reference.Role} '{reference.Text}' refers to unknown service '{service.Namespace}/{service.Name}'",
                    reference.Range,
                    Spelling.Hint($"{service.Namespace}/{service.Name}", cluster.Services));
                break;
        }
    }

    private void CheckDevice(Reference reference, DeviceRef device)
    {
        if (device.Owner is not NodeEndpoint place)
        {
            CheckEndpoint(reference, device.Owner);
            return;
        }

        NamespaceSpec? space = names.Resolve(reference.Role, reference.Text, place, reference.Range);
        if (space is not null && index.FindDevice(space, device.Device) is null)
        {
            binder.Error(
                LoaderCode.UnknownDevice,
                $"{reference.Role} '{reference.Text}' refers to unknown device '{device.Device}'",
                reference.Range,
                Spelling.Hint(device.Device, index.DeviceNames(space)) ?? Known(space));
        }
    }

    private void CheckLocalDevice(Reference reference, NamespaceSpec space)
    {
        if (reference.Text == "lo" || index.FindDevice(space, reference.Text) is not null)
        {
            return;
        }

        string place = space.Name is null ? $"node '{reference.Node?.Name}'" : $"namespace '{reference.Node?.Name}/{space.Name}'";
        binder.Error(
            LoaderCode.UnknownDevice,
            $"{reference.Role} '{reference.Text}' is no device of {place}",
            reference.Range,
            Spelling.Hint(reference.Text, index.DeviceNames(space)) ?? Known(space));
    }

    /// <summary>Whether any namespace has a device of the name; whose speaker is asked is not known here.</summary>
    private bool IsDeviceSomewhere(string name) =>
        topology.Nodes.Any(n => n.Namespaces.Prepend(n.Root).Any(s => index.FindDevice(s, name) is not null));

    private string? Known(NamespaceSpec space)
    {
        string[] known = [.. index.DeviceNames(space).Take(8)];
        return known.Length == 0 ? null : $"known devices: {string.Join(", ", known)}";
    }
}
