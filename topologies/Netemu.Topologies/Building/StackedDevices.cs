using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Ipvlan;
using Netemu.Engine.Devices.Macvlan;
using Netemu.Engine.Devices.Tun;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Devices.Vlans;
using Netemu.Engine.Devices.Vxlan;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Building;

/// <summary>
/// Makes the devices of one node that stand on others, and its tunnels, once what they stand on is there: by the kernel's
/// rules and with its refusals. A device whose parent is in the node's root namespace is made there and moved.
/// </summary>
internal sealed class StackedDevices(DiagnosticBag diagnostics, Action<NetDevice, InterfaceSpec> prepare)
{
    private readonly List<(InterfaceSpec Specification, NetworkNamespace Space)> _waiting = [];
    private readonly Dictionary<NetDevice, InterfaceSpec> _specifications = [];

    public void Add(InterfaceSpec specification, NetworkNamespace space) => _waiting.Add((specification, space));

    /// <summary>A device that others may stand on, with what the file says of it.</summary>
    public void Note(NetDevice device, InterfaceSpec specification) => _specifications[device] = specification;

    /// <summary>Makes what was added: in the order of the file, but nothing before its parent.</summary>
    public IEnumerable<(NetDevice Device, InterfaceSpec Specification)> Build()
    {
        List<(NetDevice, InterfaceSpec)> made = [];
        for (bool progress = true; progress && _waiting.Count > 0;)
        {
            progress = false;
            foreach ((InterfaceSpec specification, NetworkNamespace space) in _waiting.ToArray())
            {
                NetDevice? parent = FindParent(specification, space);
                if (parent is null && specification.Parent is not null)
                {
                    continue;
                }

                progress = true;
                _waiting.Remove((specification, space));
                if (Make(specification, space, parent) is { } device)
                {
                    Note(device, specification);
                    made.Add((device, specification));
                }
            }
        }

        foreach ((InterfaceSpec specification, NetworkNamespace space) in _waiting)
        {
            diagnostics.Error(
                BuildCode.UnknownDevice,
                $"'{space.QualifiedName}' has no device '{specification.Parent}' for '{specification.Name}' to stand on",
                specification.Range);
        }

        _waiting.Clear();
        return made;
    }

    /// <summary>The parent, in the same namespace or in the root one; null also while the one in the same namespace is not made yet.</summary>
    private NetDevice? FindParent(InterfaceSpec specification, NetworkNamespace space)
    {
        if (specification.Parent is not { } parent)
        {
            return null;
        }

        bool comes = _waiting.Exists(w => ReferenceEquals(w.Space, space) && w.Specification.Name == parent && w.Specification != specification);
        return comes ? null : space.FindDevice(parent) ?? space.Node.Root.FindDevice(parent);
    }

    private NetDevice? Make(InterfaceSpec specification, NetworkNamespace space, NetDevice? parent)
    {
        if (parent is not null && _specifications.TryGetValue(parent, out InterfaceSpec? below))
        {
            // A child takes its parent's MTU and MAC as they will be.
            prepare(parent, below);
        }

        // Tunnels keep the namespace that they were made in for their outer packets: the parent's, or their own.
        NetworkNamespace birthplace = parent?.Namespace ?? space;
        (NetDevice? device, Errno error) = specification.Type switch
        {
            InterfaceType.Vxlan => MakeVxlan(specification, birthplace, parent),
            InterfaceType.Macvlan => MakeMacvlan(specification, space, parent!),
            InterfaceType.Ipvlan => MakeIpvlan(specification, space, parent!),
            InterfaceType.Vlan => MakeVlan(specification, space, parent!),
            InterfaceType.Tun or InterfaceType.Tap => (MakeTun(specification, space), Errno.None),
            _ => MakeTunnel(specification, birthplace, parent),
        };
        if (device is null)
        {
            Refuse(specification, space, error);
            return null;
        }

        if (!ReferenceEquals(device.Namespace, space))
        {
            device.Namespace.Move(device, space);
        }

        return device;
    }

    private void Refuse(InterfaceSpec specification, NetworkNamespace space, Errno error)
    {
        string type = specification.Type.ToString().ToLowerInvariant();
        (string code, string why, string? hint) = error switch
        {
            Errno.EEXIST when specification.Type == InterfaceType.Vxlan => (
                BuildCode.AlreadyExists, "a VXLAN device with this VNI and port exists", null),
            Errno.EEXIST when specification.Type == InterfaceType.Vlan => (
                BuildCode.AlreadyExists, $"'{specification.Parent}' has VLAN {specification.Id} already", null),
            Errno.EAFNOSUPPORT => (
                BuildCode.WrongDevice, "its outer packets are IPv4, and so must local and remote be", null),
            Errno.EBUSY => (
                BuildCode.WrongDevice,
                $"'{specification.Parent}' is in use already (Device or resource busy)",
                "a device is a bridge's port, a macvlan's parent or an ipvlan's parent, and one of them only"),
            Errno.EINVAL when specification.Type == InterfaceType.Macvlan => (
                BuildCode.WrongDevice,
                "Linux refuses it (Invalid argument)",
                "a parent with a child in passthru mode has no other, and is an Ethernet device"),
            Errno.EEXIST => (
                BuildCode.AlreadyExists,
                "a tunnel with these ends exists",
                specification.Tunnel is { Remote: null, Local: null } ? "only tunl0, gre0, gretap0 and sit0 may have neither 'remote' nor 'local'" : null),
            _ => (BuildCode.WrongDevice, $"Linux refuses it ({error})", null),
        };
        diagnostics.Error(code, $"{type} '{specification.Name}' in '{space.QualifiedName}': {why}", specification.Range, hint);
    }

    private (NetDevice? Device, Errno Error) MakeVxlan(InterfaceSpec specification, NetworkNamespace space, NetDevice? parent)
    {
        TunnelOptions words = specification.Tunnel;
        if (words.Group is not null && parent is null)
        {
            diagnostics.Error(
                BuildCode.WrongDevice, $"vxlan '{specification.Name}': 'group' needs the key 'parent'", specification.Range);
            return (null, Errno.EINVAL);
        }

        InternetAddress remote = words.Group ?? words.Remote ?? (words.Remotes.Count > 0 ? words.Remotes[0] : default);
        VxlanOptions options = new()
        {
            Vni = specification.Id ?? 0,
            Local = words.Local ?? default,
            Remote = remote,
            Lower = parent,
            Learning = words.Learning ?? true,
            Proxy = words.Proxy ?? false,
            L2Miss = words.L2Miss ?? false,
            L3Miss = words.L3Miss ?? false,
            UdpChecksum = words.UdpChecksum ?? true,
            DontFragment = words.DontFragment,
            Ttl = (byte)(words.Ttl ?? 0),
            TypeOfService = (byte)(words.Tos ?? 0),
        };
        options = options with
        {
            DestinationPort = (ushort)(words.DestinationPort ?? options.DestinationPort),
            SourcePortFirst = (ushort)(words.SourcePorts?.First ?? 0),
            SourcePortLast = (ushort)(words.SourcePorts?.Last ?? 0),
            Ageing = words.Ageing ?? options.Ageing,
        };
        VxlanDevice? device = VxlanDevice.Create(space, specification.Name, options, out Errno error);
        foreach (InternetAddress other in words.Remotes.Where(r => r != remote))
        {
            device?.Fdb.Append(default, new VxlanRemote(other));
        }

        return (device, error);
    }

    private (NetDevice? Device, Errno Error) MakeTunnel(InterfaceSpec specification, NetworkNamespace space, NetDevice? parent)
    {
        TunnelOptions words = specification.Tunnel;
        if (words.Local is { IsIPv6: true } || words.Remote is { IsIPv6: true })
        {
            return (null, Errno.EAFNOSUPPORT);
        }

        IPTunnelOptions options = new()
        {
            Local = words.Local is { IsIPv4: true } local ? local.IPv4 : default,
            Remote = words.Remote is { IsIPv4: true } remote ? remote.IPv4 : default,
            Link = parent,
            Ttl = (byte)(words.Ttl ?? 0),
            TypeOfService = (byte)(words.Tos ?? 0),
            PathMtuDiscovery = words.PathMtuDiscovery ?? true,
            InputKey = words.Key,
            OutputKey = words.Key,
        };
        Errno error;
        NetDevice? device = specification.Type switch
        {
            InterfaceType.Ipip => IpipDevice.Create(space, specification.Name, options, out error),
            InterfaceType.Sit => SitDevice.Create(space, specification.Name, options, out error),
            _ => GreDevice.Create(space, specification.Name, options, specification.Type == InterfaceType.Gretap, out error),
        };
        return (device, error);
    }

    private static (NetDevice? Device, Errno Error) MakeMacvlan(InterfaceSpec specification, NetworkNamespace space, NetDevice parent)
    {
        MacvlanMode mode = specification.Mode switch
        {
            InterfaceMode.Private => MacvlanMode.Private,
            InterfaceMode.Bridge => MacvlanMode.Bridge,
            InterfaceMode.Passthru => MacvlanMode.Passthru,
            InterfaceMode.Source => MacvlanMode.Source,
            _ => MacvlanMode.Vepa,
        };
        MacvlanDevice? device = MacvlanDevice.Create(space, specification.Name, parent, mode, out Errno error);
        foreach (MacAddress sender in specification.SourceMacs)
        {
            error = device is null || error != Errno.None ? error : device.AddSource(sender);
        }

        return (error == Errno.None ? device : null, error);
    }

    private static (NetDevice? Device, Errno Error) MakeIpvlan(InterfaceSpec specification, NetworkNamespace space, NetDevice parent)
    {
        IpvlanMode mode = specification.Mode switch
        {
            InterfaceMode.L2 => IpvlanMode.L2,
            InterfaceMode.L3S => IpvlanMode.L3S,
            _ => IpvlanMode.L3,
        };
        IpvlanDevice? device = IpvlanDevice.Create(
            space, specification.Name, parent, mode, (IpvlanIsolation)specification.Flag, out Errno error);
        return (device, error);
    }

    private static (NetDevice? Device, Errno Error) MakeVlan(InterfaceSpec specification, NetworkNamespace space, NetDevice parent)
    {
        VlanDevice? device = VlanDevice.Create(space, specification.Name, parent, specification.Id ?? 0, out Errno error);
        return (device, error);
    }

    private static TunDevice MakeTun(InterfaceSpec specification, NetworkNamespace space) =>
        new(space, specification.Name, specification.Type == InterfaceType.Tap ? TunMode.Tap : TunMode.Tun);
}
