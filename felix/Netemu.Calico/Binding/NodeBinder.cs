using System.Collections.Generic;
using System.Globalization;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Binding;

/// <summary>Reads both kinds of node, and what Calico keeps in the annotations of a Kubernetes node.</summary>
internal static class NodeBinder
{
    private const string AnnotationPrefix = "projectcalico.org/";

    public static Resource ReadKubernetes(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        FieldReader status = fields.Object("status");
        List<InternetAddress> addresses = [];
        foreach (FieldReader entry in status.Objects("addresses"))
        {
            if (entry.Text("type") == "InternalIP" && entry.Address("address") is { } address)
            {
                addresses.Add(address);
            }

            entry.Ignore("address", "type");
            entry.Finish();
        }

        IReadOnlyList<InternetPrefix> cidrs = spec.Prefixes("podCIDRs");
        if (cidrs.Count == 0 && spec.Prefix("podCIDR") is { } cidr)
        {
            cidrs = [cidr];
        }

        CheckAnnotations(fields, metadata.Annotations);
        return new KubernetesNode(metadata)
        {
            InternalIPs = addresses,
            PodCidrs = cidrs,
            Unschedulable = spec.Flag("unschedulable", false),
        };
    }

    public static Resource ReadCalico(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        FieldReader bgp = spec.Object("bgp");
        Node node = new(metadata)
        {
            IPv4Address = bgp.Parsed<InterfaceAddress<IPv4Address>>("ipv4Address", ParseV4, "an IPv4 address with its subnet"),
            IPv6Address = bgp.Parsed<InterfaceAddress<IPv6Address>>("ipv6Address", ParseV6, "an IPv6 address with its subnet"),
            AsNumber = (uint?)bgp.Integer("asNumber", 1, uint.MaxValue),
            RouteReflectorClusterId = bgp.Parsed<IPv4Address>("routeReflectorClusterID", ParseAddress, "an IPv4 address"),
            IPv4IpipTunnelAddress = bgp.Parsed<IPv4Address>("ipv4IPIPTunnelAddr", ParseAddress, "an IPv4 address"),
            IPv4VxlanTunnelAddress = spec.Parsed<IPv4Address>("ipv4VXLANTunnelAddr", ParseAddress, "an IPv4 address"),
            IPv6VxlanTunnelAddress = spec.Parsed<IPv6Address>(
                "ipv6VXLANTunnelAddr", static (string text, out IPv6Address value) => IPv6Address.TryParse(text, out value), "an IPv6 address"),
            VxlanTunnelMac = spec.Parsed<MacAddress>(
                "vxlanTunnelMACAddr", static (string text, out MacAddress value) => MacAddress.TryParse(text, out value), "a MAC address"),
        };
        bgp.Finish();
        spec.Ignore("orchRefs", "addresses", "wireguard", "vxlanTunnelMACAddrV6", "interfaces");
        spec.Finish();
        fields.Ignore("status");
        return node;
    }

    /// <summary>
    /// The Calico node inside a Kubernetes node. Without an annotation the first internal address counts, with a subnet of
    /// its own: nothing tells the real one.
    /// </summary>
    public static Node FromKubernetes(KubernetesNode node)
    {
        LabelSet annotations = node.Metadata.Annotations;
        InterfaceAddress<IPv4Address>? v4 = Annotation<InterfaceAddress<IPv4Address>>(annotations, "IPv4Address", ParseV4);
        InterfaceAddress<IPv6Address>? v6 = Annotation<InterfaceAddress<IPv6Address>>(annotations, "IPv6Address", ParseV6);
        foreach (InternetAddress address in node.InternalIPs)
        {
            if (address.IsIPv4)
            {
                v4 ??= new InterfaceAddress<IPv4Address>(address.IPv4, 32);
            }
            else
            {
                v6 ??= new InterfaceAddress<IPv6Address>(address.IPv6, 128);
            }
        }

        return new Node(new ObjectMetadata(node.Name) { Labels = node.Metadata.Labels })
        {
            Source = node.Source,
            IPv4Address = v4,
            IPv6Address = v6,
            AsNumber = Annotation<uint>(annotations, "ASNumber", ParseAsNumber),
            RouteReflectorClusterId = Annotation<IPv4Address>(annotations, "RouteReflectorClusterID", ParseAddress),
            IPv4IpipTunnelAddress = Annotation<IPv4Address>(annotations, "IPv4IPIPTunnelAddr", ParseAddress),
            IPv4VxlanTunnelAddress = Annotation<IPv4Address>(annotations, "IPv4VXLANTunnelAddr", ParseAddress),
        };
    }

    private static void CheckAnnotations(FieldReader fields, LabelSet annotations)
    {
        Check<InterfaceAddress<IPv4Address>>("IPv4Address", ParseV4);
        Check<InterfaceAddress<IPv6Address>>("IPv6Address", ParseV6);
        Check<uint>("ASNumber", ParseAsNumber);
        Check<IPv4Address>("RouteReflectorClusterID", ParseAddress);
        Check<IPv4Address>("IPv4IPIPTunnelAddr", ParseAddress);

        void Check<T>(string name, TextParser<T> parser)
            where T : struct
        {
            if (annotations[AnnotationPrefix + name] is { Length: > 0 } text && !parser(text, out _))
            {
                fields.Object("metadata").Object("annotations").Error(AnnotationPrefix + name, $"'{text}' is malformed");
            }
        }
    }

    private static T? Annotation<T>(LabelSet annotations, string name, TextParser<T> parser)
        where T : struct =>
        annotations[AnnotationPrefix + name] is { } text && parser(text, out T value) ? value : null;

    private static bool ParseV4(string text, out InterfaceAddress<IPv4Address> value) =>
        InterfaceAddress<IPv4Address>.TryParse(text, out value);

    private static bool ParseV6(string text, out InterfaceAddress<IPv6Address> value) =>
        InterfaceAddress<IPv6Address>.TryParse(text, out value);

    private static bool ParseAddress(string text, out IPv4Address value) => IPv4Address.TryParse(text, out value);

    private static bool ParseAsNumber(string text, out uint value) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
