using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Devices.Vxlan;

/// <summary>
/// The UDP port that VXLAN devices of a namespace share (struct vxlan_sock). It is open while one of them is up, and hands
/// each datagram to the device of its VNI.
/// </summary>
internal sealed class VxlanSocket(NetworkNamespace space, ushort port) : IUdpEncapsulation
{
    private readonly List<VxlanDevice> _devices = [];
    private readonly Dictionary<int, VxlanDevice> _open = [];
    private UdpSocket? _socket;

    /// <summary>The device of the last datagram, while it is open: most ports have one VNI only.</summary>
    private VxlanDevice? _last;

    /// <summary>All devices of the port, up or not, in the order of their making.</summary>
    public IReadOnlyList<VxlanDevice> Devices => _devices;

    /// <summary>True if the port can be opened, or is open.</summary>
    public bool CanOpen => _socket is not null || !space.Udp.Sockets().Any(s => s.LocalPort == port);

    public void Add(VxlanDevice device) => _devices.Add(device);

    public void Remove(VxlanDevice device)
    {
        Close(device);
        _devices.Remove(device);
    }

    /// <summary>The device of a VNI that is up, or null.</summary>
    public VxlanDevice? FindOpen(int vni) => _open.GetValueOrDefault(vni);

    public void Open(VxlanDevice device)
    {
        _open[device.Options.Vni] = device;
        _last = null;
        _socket ??= space.Udp.Open(port, this);
        Join(device.Options);
    }

    public void Close(VxlanDevice device)
    {
        if (!_open.Remove(device.Options.Vni))
        {
            return;
        }

        _last = null;

        Leave(device.Options);
        if (_open.Count == 0)
        {
            _socket?.Close();
            _socket = null;
        }
    }

    public void Receive(Frame frame, NetDevice device, int offset)
    {
        Span<byte> bytes = frame.Bytes;
        int end = offset + ((bytes[offset + 4] << 8) | bytes[offset + 5]);
        int header = offset + UdpHeader.Size;
        if (end > bytes.Length || !VxlanHeader.TryRead(bytes[header..end], out int vni))
        {
            space.Drop(frame, DropReason.VxlanInvalid);
            return;
        }

        VxlanDevice? vxlan = _last;
        if (vxlan is null || vxlan.Options.Vni != vni)
        {
            if (!_open.TryGetValue(vni, out vxlan))
            {
                space.Drop(frame, DropReason.VxlanUnknownVni);
                return;
            }

            _last = vxlan;
        }

        // Ethernet, then IPv4 or IPv6: the UDP header's offset tells which, for IPv6 has no shorter header than 40 bytes.
        Span<byte> outer = bytes[IPv4Stack.NetworkOffset..];
        bool isIPv4 = outer[0] >> 4 == 4;
        InternetAddress from = isIPv4
            ? IPv4Address.Read(outer[IPv4Header.SourceOffset..])
            : IPv6Address.Read(outer[IPv6Header.SourceOffset..]);
        byte trafficClass = isIPv4 ? outer[1] : (byte)((outer[0] << 4) | (outer[1] >> 4));
        if (end - header - VxlanHeader.Size < EthernetHeader.Size)
        {
            space.Drop(frame, DropReason.VxlanInvalid);
            return;
        }

        frame.Trim(end);
        vxlan.Unwrap(frame, header + VxlanHeader.Size, from, trafficClass);
    }

    void IUdpHandler.OnDatagram(UdpSocket socket, InternetAddress from, ushort sourcePort, InternetAddress to, ReadOnlySpan<byte> payload)
    {
        // Whole frames come by Receive.
    }

    void IUdpHandler.OnError(UdpSocket socket, IcmpError error)
    {
        // vxlan_err_lookup knows the tunnel, and nobody to tell.
    }

    private void Join(VxlanOptions options)
    {
        if (options.Remote.IsIPv4 && options.Remote.IPv4.IsMulticast)
        {
            space.IPv4.JoinGroup(options.Remote.IPv4, options.Lower);
        }
    }

    private void Leave(VxlanOptions options)
    {
        InternetAddress group = options.Remote;
        if (group.IsIPv4 && group.IPv4.IsMulticast
            && !_open.Values.Any(d => d.Options.Remote == group && ReferenceEquals(d.Options.Lower, options.Lower)))
        {
            space.IPv4.LeaveGroup(group.IPv4, options.Lower);
        }
    }
}
