using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// What calico/node's autodetection finds on machines that manifests give an InternalIP and nothing else: the length of the
/// subnet. Machines stand in one segment as long as their addresses have a prefix of at least <see cref="Shortest"/> bits in
/// common; a subnet that another node or the file states comes first.
/// </summary>
internal static class NodeAddressDetection
{
    /// <summary>Addresses of different /8 are no one's single segment.</summary>
    private const int Shortest = 8;

    private const int Usual = 24;

    /// <summary>The nodes that state no length anywhere, each with the address that it detects.</summary>
    public static IReadOnlyList<(string Node, InterfaceAddress<IPv4Address> Address)> Detect(
        IReadOnlyCollection<Resource> resources, InternetPrefix? subnet)
    {
        IReadOnlyList<Node> nodes = NodeResolution.NodesOf(resources);
        HashSet<string> stated = [.. resources.OfType<Node>().Where(node => node.IPv4Address is not null).Select(node => node.Name)];
        (string Name, IPv4Address Address)[] bare =
        [
            .. nodes.Where(node => node.IPv4Address is { Length: 32 } && !stated.Contains(node.Name))
                .Select(node => (node.Name, node.IPv4Address!.Value.Address)),
        ];
        InternetPrefix[] known =
        [
            .. nodes.Where(node => node.IPv4Address is { Length: < 32 }).Select(node => (InternetPrefix)node.IPv4Address!.Value.Prefix),
            .. subnet is { IsIPv4: true } given ? [given] : (InternetPrefix[])[],
        ];
        int common = CommonLength([.. bare.Select(node => node.Address).Where(address => !known.Any(prefix => prefix.Contains(address)))]);
        return
        [
            .. bare.Select(node => (node.Name, new InterfaceAddress<IPv4Address>(
                node.Address, known.Where(prefix => prefix.Contains(node.Address)).Select(prefix => (int)prefix.Length).DefaultIfEmpty(common).Max()))),
        ];
    }

    private static int CommonLength(IPv4Address[] addresses)
    {
        int length = Usual;
        foreach (IPv4Address address in addresses)
        {
            length = int.Min(length, BitOperations.LeadingZeroCount(address.Value ^ addresses[0].Value));
        }

        return length < Shortest ? Usual : length;
    }
}
