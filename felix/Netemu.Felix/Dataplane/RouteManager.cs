using System;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Dataplane;

/// <summary>
/// Brings the main table of a node to what <see cref="RouteModel"/> says, in both families, by the difference. When the way
/// to a workload goes, its connections go with it: another workload may get the address next.
/// </summary>
internal sealed class RouteManager(NetworkNamespace space, RouteModel model)
{
    private readonly FamilyRoutes<IPv4Address> _ipv4 = new(space, space.IPv4.Routes);
    private readonly FamilyRoutes<IPv6Address> _ipv6 = new(space, space.IPv6.Routes);

    /// <summary>True while a route waits for its device or its gateway.</summary>
    public bool HasPending => _ipv4.HasPending || _ipv6.HasPending;

    /// <summary>Connections deleted so far because their workload went away.</summary>
    public long ConnectionsRemoved { get; private set; }

    public void OnDeviceChanged(NetDevice device)
    {
        _ipv4.OnDeviceChanged(device.Name);
        _ipv6.OnDeviceChanged(device.Name);
    }

    /// <summary>Writes the difference; says whether a table changed.</summary>
    public bool Apply()
    {
        foreach ((InternetPrefix destination, RenderedRoute? wanted) in model.TakeChanges())
        {
            bool isGone = destination.IsIPv4 ? _ipv4.Set(destination.IPv4, wanted) : _ipv6.Set(destination.IPv6, wanted);
            if (isGone)
            {
                ConnectionsRemoved += space.Netfilter.Connections.RemoveByAddress(destination.Address);
            }
        }

        return _ipv4.Apply() | _ipv6.Apply();
    }

    /// <summary>A full comparison (routeRefreshInterval); says whether anything had to be repaired.</summary>
    public bool Resync()
    {
        bool wrong = _ipv4.Resync(IsWorkloadDevice) | _ipv6.Resync(IsWorkloadDevice);
        return Apply() || wrong;
    }

    private static bool IsWorkloadDevice(NetDevice device) =>
        device.Name.StartsWith(WorkloadInterface.Prefix, StringComparison.Ordinal);
}
