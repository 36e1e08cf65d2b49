using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Devices.Vxlan;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Dataplane;

/// <summary>
/// The tunnel devices of a node: tunl0 with the node's IPIP address, and vxlan.calico with its VXLAN address, its MAC (derived
/// from the node's name) and a permanent neighbour and FDB entry for each other node (felix/dataplane/linux/vxlan_mgr.go).
/// A node that no pool with encapsulation selects has neither.
/// </summary>
internal sealed class TunnelManager(NetworkNamespace space, RouteModel model)
{
    private const int IpipOverhead = 20;

    private readonly SortedDictionary<IPv4Address, VxlanTunnelEndpointUpdate> _remotes = [];
    private Node? _node;
    private FelixConfiguration _configuration = new(new ObjectMetadata("default"));
    private bool _isDirty;

    /// <summary>What the store says of this node.</summary>
    public void UpdateNode(Node? node)
    {
        _isDirty |= _node?.IPv4IpipTunnelAddress != node?.IPv4IpipTunnelAddress || _node?.IPv4Address != node?.IPv4Address;
        _node = node;
    }

    public void OnMessage(DataplaneMessage message)
    {
        switch (message)
        {
            case VxlanTunnelEndpointUpdate or VxlanTunnelEndpointRemove:
                _isDirty = true;
                break;
            case ConfigurationUpdate update:
                _isDirty |= (_configuration.VxlanPort, _configuration.VxlanVni) != (update.Configuration.VxlanPort, update.Configuration.VxlanVni);
                _configuration = update.Configuration;
                break;
        }
    }

    /// <summary>Brings devices, addresses, neighbours and FDB entries to what is wanted; says whether anything was to do.</summary>
    public bool Apply()
    {
        if (!_isDirty)
        {
            return false;
        }

        _isDirty = false;
        ApplyIpip(_node?.IPv4IpipTunnelAddress);
        ApplyVxlan();
        return true;
    }

    private void ApplyIpip(IPv4Address? address)
    {
        NetDevice? device = space.FindDevice(RouteModel.IpipDevice);
        if (address is null)
        {
            device?.SetUp(false);
            return;
        }

        device ??= IpipDevice.Create(space, RouteModel.IpipDevice, new IPTunnelOptions(), out _);
        if (device is not null)
        {
            BringUp(device, UplinkMtu() - IpipOverhead, address.Value);
        }
    }

    private void ApplyVxlan()
    {
        NetDevice? device = space.FindDevice(RouteModel.VxlanDevice);
        if (model.OwnTunnel is not { } own)
        {
            if (device is not null)
            {
                _remotes.Clear();
                space.Remove(device);
            }

            return;
        }

        if (device is VxlanDevice present && (present.Options.Vni != _configuration.VxlanVni
            || present.Options.DestinationPort != _configuration.VxlanPort || present.Options.Local != own.NodeAddress))
        {
            _remotes.Clear();
            space.Remove(present);
            device = null;
        }

        VxlanDevice? vxlan = device as VxlanDevice ?? VxlanDevice.Create(
            space,
            RouteModel.VxlanDevice,
            new VxlanOptions
            {
                Vni = _configuration.VxlanVni,
                Local = own.NodeAddress,
                Lower = Uplink(),
                DestinationPort = _configuration.VxlanPort,
                Learning = false,
            },
            out Errno _);
        if (vxlan is null)
        {
            return;
        }

        vxlan.SetMac(own.Mac);
        BringUp(vxlan, UplinkMtu() - VxlanDevice.IPv4Overhead, own.TunnelAddress);
        ApplyRemotes(vxlan);
    }

    private void ApplyRemotes(VxlanDevice device)
    {
        Dictionary<IPv4Address, VxlanTunnelEndpointUpdate> wanted = [];
        foreach (VxlanTunnelEndpointUpdate remote in model.RemoteTunnels)
        {
            wanted[remote.TunnelAddress] = remote;
        }

        foreach ((IPv4Address address, VxlanTunnelEndpointUpdate gone) in _remotes.Where(r => wanted.GetValueOrDefault(r.Key) != r.Value).ToArray())
        {
            _remotes.Remove(address);
            device.Fdb.Remove(gone.Mac);
            if (space.IPv4.Neighbours.Find(device, address) is { } entry)
            {
                space.IPv4.Neighbours.Remove(entry);
            }
        }

        foreach ((IPv4Address address, VxlanTunnelEndpointUpdate remote) in wanted)
        {
            if (_remotes.TryAdd(address, remote))
            {
                device.Fdb.Replace(remote.Mac, new VxlanRemote(remote.NodeAddress));
                space.IPv4.Neighbours.Set(device, address, remote.Mac, NudState.Permanent);
            }
        }
    }

    /// <summary>The device with the address as /32 and no other, up.</summary>
    private void BringUp(NetDevice device, int mtu, IPv4Address address)
    {
        device.SetMtu(mtu);
        device.SetUp(true);
        bool isThere = false;
        foreach (DeviceAddress<IPv4Address> present in space.IPv4.Addresses.Where(a => ReferenceEquals(a.Device, device)).ToArray())
        {
            if (present.Address == address)
            {
                isThere = true;
            }
            else
            {
                space.IPv4.RemoveAddress(device, present.InterfaceAddress);
            }
        }

        if (!isThere)
        {
            space.IPv4.AddAddress(device, new InterfaceAddress<IPv4Address>(address, 32));
        }
    }

    /// <summary>The device that has the node's address.</summary>
    private NetDevice? Uplink() => _node?.IPv4Address is { } own
        ? space.IPv4.Addresses.FirstOrDefault(a => a.Address == own.Address)?.Device
        : null;

    private int UplinkMtu() => Uplink()?.Mtu ?? 1500;
}
