using System;
using Netemu.Core.Addresses;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>Names of nodes, namespaces, devices and the ends of conversations.</summary>
internal static partial class Values
{
    /// <summary>IFNAMSIZ without its terminating zero.</summary>
    public const int LongestDeviceName = 15;

    private const string PodPrefix = "pod:";
    private const string ServicePrefix = "svc:";

    /// <summary>The end of a conversation: a node, a namespace, a pod, a service or an address.</summary>
    public static Value<EndpointRef> Endpoint(string role) => new ScalarValue<EndpointRef>(
        "a node, node/namespace, pod:NS/NAME, svc:NS/NAME or an address", ParseEndpoint, static () => Pattern(".", orNumber: false))
    {
        Bound = (binder, value, scalar) =>
            binder.References.Add(new Reference(ReferenceKind.Endpoint, role, scalar.Value, scalar.Range) { Endpoint = value }),
    };

    /// <summary>Where a command runs or a table lies: a node, a namespace or a pod.</summary>
    public static Value<EndpointRef> Place(string role) => new ScalarValue<EndpointRef>(
        "a node, node/namespace or pod:NS/NAME",
        static (string text, out EndpointRef value) =>
            ParseEndpoint(text, out value) ?? (value is NodeEndpoint or PodEndpoint ? null : ScalarFault.Plain),
        static () => Pattern(".", orNumber: false))
    {
        Bound = (binder, value, scalar) =>
            binder.References.Add(new Reference(ReferenceKind.Endpoint, role, scalar.Value, scalar.Range) { Endpoint = value }),
    };

    /// <summary>A device anywhere: node[/ns]:device.</summary>
    public static Value<DeviceRef> Device(string role, ReferenceKind kind) => new ScalarValue<DeviceRef>(
        "a device, written node:device, node/namespace:device or pod:NS/NAME:device",
        ParseDevice,
        static () => Pattern(":", orNumber: false))
    {
        Bound = (binder, value, scalar) =>
            binder.References.Add(new Reference(kind, role, scalar.Value, scalar.Range) { Device = value }),
    };

    /// <summary>The name of a device in the namespace that is being bound.</summary>
    public static Value<string> LocalDevice(string role) => new ScalarValue<string>(
        "the name of a device", ParseText, static () => Pattern(".", orNumber: false))
    {
        Bound = (binder, value, scalar) => binder.References.Add(
            new Reference(ReferenceKind.LocalDevice, role, value, scalar.Range)
            {
                Namespace = binder.CurrentNamespace,
                Node = binder.CurrentNode,
            }),
    };

    public static Value<string> NodeName(string role) => new ScalarValue<string>(
        "the name of a node", ParseText, static () => Pattern(".", orNumber: false))
    {
        Bound = (binder, value, scalar) =>
            binder.References.Add(new Reference(ReferenceKind.Node, role, value, scalar.Range)),
    };

    /// <summary>A name that this file gives to something.</summary>
    public static Value<string> Name { get; } = new ScalarValue<string>(
        "a name", ParseText, static () => Pattern(".", orNumber: true));

    internal static ScalarFault? ParseDevice(string text, out DeviceRef value)
    {
        value = null!;
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || colon == text.Length - 1 || text.Contains(' ', StringComparison.Ordinal))
        {
            return ScalarFault.Plain;
        }

        string device = text[(colon + 1)..];
        if (ParseEndpoint(text[..colon], out EndpointRef owner) is not null || owner is not (NodeEndpoint or PodEndpoint))
        {
            return ScalarFault.Plain;
        }

        if (NameRules.DeviceFault(device) is { } fault)
        {
            return new ScalarFault(LoaderCode.BadName, fault);
        }

        value = new DeviceRef(owner, device);
        return null;
    }

    internal static ScalarFault? ParseEndpoint(string text, out EndpointRef value)
    {
        if (text.StartsWith(PodPrefix, StringComparison.Ordinal))
        {
            bool pod = TrySplitName(text[PodPrefix.Length..], out string podNamespace, out string podName);
            value = pod ? new PodEndpoint(podNamespace, podName) : null!;
            return pod ? null : ScalarFault.WithHint("write pod:NAMESPACE/NAME");
        }

        if (text.StartsWith(ServicePrefix, StringComparison.Ordinal))
        {
            bool service = TrySplitName(text[ServicePrefix.Length..], out string serviceNamespace, out string serviceName);
            value = service ? new ServiceEndpoint(serviceNamespace, serviceName) : null!;
            return service ? null : ScalarFault.WithHint("write svc:NAMESPACE/NAME");
        }

        if (InternetAddress.TryParse(text, out InternetAddress address)
            || (text.Contains(" + ", StringComparison.Ordinal) && ParseAddress(text, out address) is null))
        {
            value = new AddressEndpoint(address);
            return null;
        }

        return ParseNode(text, out value);
    }

    private static ScalarFault? ParseNode(string text, out EndpointRef value)
    {
        value = null!;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string node = slash < 0 ? text : text[..slash];
        string? inner = slash < 0 ? null : text[(slash + 1)..];
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return ScalarFault.WithHint("the end of a conversation names no device; a port is a key of its own");
        }

        if (InternetPrefix.TryParse(text, out _))
        {
            return ScalarFault.WithHint("an address without a prefix length is needed");
        }

        if (!NameRules.IsName(node) || (inner is not null && !NameRules.IsName(inner)))
        {
            return ScalarFault.Plain;
        }

        value = new NodeEndpoint(node, inner);
        return null;
    }

    private static bool TrySplitName(string text, out string space, out string name)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        space = slash < 0 ? string.Empty : text[..slash];
        name = slash < 0 ? string.Empty : text[(slash + 1)..];
        return NameRules.IsName(space) && NameRules.IsName(name);
    }
}
