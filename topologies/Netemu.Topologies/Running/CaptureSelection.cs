using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Capture;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Running;

/// <summary>Puts the devices that a topology's <c>capture</c> names into a capture, those among them that come later too.</summary>
public sealed class CaptureSelection(BuiltTopology topology, IReadOnlyList<CaptureSpec> selectors, PacketCapture capture)
{
    private readonly HashSet<CaptureSpec> _found = [];

    /// <summary>The devices and namespaces, as they are named, that have not been there so far.</summary>
    public IEnumerable<string> Absent => selectors.Where(s => !_found.Contains(s)).Select(s => (s.Device as object ?? s.Namespace)?.ToString()).OfType<string>();

    /// <summary>Adds what exists now; to be called again when commands may have made devices.</summary>
    public void Refresh()
    {
        foreach (CaptureSpec selector in selectors)
        {
            Add(selector);
        }
    }

    private void Add(CaptureSpec selector)
    {
        if (selector.All)
        {
            foreach (Node node in topology.Emulation.Nodes)
            {
                Add(node, selector.SnapLength);
            }
        }

        if (selector.Device is { } device && topology.FindDevice(device) is { } found)
        {
            capture.Add(found, selector.SnapLength);
            _found.Add(selector);
        }

        if (selector.Node is { } name && topology.Emulation.FindNode(name) is { } owner)
        {
            Add(owner, selector.SnapLength);
        }

        if (selector.Namespace is { } endpoint && topology.FindNamespace(endpoint) is { } space)
        {
            Add(space, selector.SnapLength);
            _found.Add(selector);
        }

        if ((selector.LinkName is not null || selector.LinkEnd is not null)
            && topology.FindLink(selector.LinkEnd, selector.LinkName) is Link link)
        {
            capture.Add(link.A, selector.SnapLength);
        }
    }

    private void Add(Node node, int? snapLength)
    {
        foreach (NetworkNamespace space in node.Namespaces)
        {
            Add(space, snapLength);
        }
    }

    private void Add(NetworkNamespace space, int? snapLength)
    {
        foreach (NetDevice device in space.Devices)
        {
            capture.Add(device, snapLength);
        }
    }

    /// <summary>The node that a selector of the command line names and that does not exist; null if it does. Its devices may come later.</summary>
    public static string? Missing(CaptureSpec selector, BuiltTopology topology)
    {
        string? name = selector.Node ?? ((selector.Namespace ?? selector.Device?.Owner) as NodeEndpoint)?.Node;
        return name is not null && topology.Emulation.FindNode(name) is null ? name : null;
    }

    /// <summary>Reads a selector as <c>--capture</c> takes it: all, NODE, NODE/NS, or NODE[/NS]:DEV. Null for what is none.</summary>
    public static CaptureSpec? TryParse(string text)
    {
        if (text == "all")
        {
            return new CaptureSpec { All = true };
        }

        int colon = text.LastIndexOf(':');
        string owner = colon < 0 ? text : text[..colon];
        int slash = owner.IndexOf('/', System.StringComparison.Ordinal);
        NodeEndpoint endpoint = slash < 0 ? new NodeEndpoint(owner, null) : new NodeEndpoint(owner[..slash], owner[(slash + 1)..]);
        if (endpoint.Node.Length == 0 || InternetAddress.TryParse(text, out _))
        {
            return null;
        }

        return colon >= 0 ? new CaptureSpec { Device = new DeviceRef(endpoint, text[(colon + 1)..]) }
            : slash >= 0 ? new CaptureSpec { Namespace = endpoint }
            : new CaptureSpec { Node = owner };
    }
}
