using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>Warnings about BGP sessions that can never be established: nobody has the peer's address, or the AS numbers disagree.</summary>
internal sealed class BgpLint(Binder binder, TopologySpec topology)
{
    public void Run()
    {
        NodeSpec[] speakers = [.. topology.Nodes.Where(n => n.Bgp is { ConfigText: null })];
        if (speakers.Length == 0)
        {
            return;
        }

        Dictionary<InternetAddress, NodeSpec> owners = [];
        foreach (NodeSpec node in topology.Nodes)
        {
            foreach (InterfaceAddressSpec address in InterfaceCheck.SpacesOf(node).SelectMany(s => s.Interfaces).SelectMany(i => i.Addresses))
            {
                owners.TryAdd(address.Address, node);
            }
        }

        foreach (NodeSpec speaker in speakers)
        {
            foreach (BgpNeighborSpec neighbor in speaker.Bgp!.Neighbors.Where(n => n.Peer is not null && !n.Shutdown))
            {
                Check(speaker, neighbor, owners);
            }
        }
    }

    private void Check(NodeSpec speaker, BgpNeighborSpec neighbor, Dictionary<InternetAddress, NodeSpec> owners)
    {
        InternetAddress peer = neighbor.Peer!.Value;
        if (!owners.TryGetValue(peer, out NodeSpec? other))
        {
            // Commands, clusters and the world outside have addresses that the file does not tell.
            bool isOpen = topology.Cluster is not null || topology.Nodes.Any(n => n.Exec.Count > 0 || n.Kind == NodeKind.Outside || n.Bgp is { ConfigText: not null })
                || topology.Nodes.SelectMany(InterfaceCheck.SpacesOf).SelectMany(s => s.Interfaces)
                    .Any(i => i.Dhcp || i.Attachment != HostAttachment.None)
                || (peer.IsIPv6 && peer.IPv6.IsLinkLocal);
            if (!isOpen)
            {
                binder.Warning(LoaderCode.OneSidedSession, $"'{speaker.Name}' peers with {peer}, an address that no node has", neighbor.Range);
            }

            return;
        }

        if (other == speaker)
        {
            binder.Warning(LoaderCode.OneSidedSession, $"'{speaker.Name}' peers with {peer}, which is its own address", neighbor.Range);
            return;
        }

        if (neighbor.Asn is not { } stated || other.Bgp is not { ConfigText: null, Asn: > 0, Confederation: null } spec || spec.Asn == stated
            || spec.Neighbors.Any(n => n.LocalAs is not null))
        {
            return;
        }

        binder.Warning(
            LoaderCode.OneSidedSession,
            string.Create(
                CultureInfo.InvariantCulture,
                $"'{speaker.Name}' expects AS {stated} at {peer}, but '{other.Name}' is in AS {spec.Asn}"),
            neighbor.Range,
            string.Create(CultureInfo.InvariantCulture, $"the session ends with \"bad peer AS\": write asn: {spec.Asn}"));
    }
}
