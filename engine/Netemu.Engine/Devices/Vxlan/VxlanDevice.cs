using System;
using System.Linq;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Devices.Vxlan;

/// <summary>
/// A VXLAN tunnel end point (RFC 7348, drivers/net/vxlan): an Ethernet device whose frames travel in UDP datagrams of the
/// namespace that it was made in. This part is the device; the others follow a frame out and in.
/// </summary>
public sealed partial class VxlanDevice : NetDevice
{
    /// <summary>Outer IPv4, UDP, VXLAN and inner Ethernet headers.</summary>
    public const int IPv4Overhead = 50;

    public const int IPv6Overhead = 70;

    private const int LeastMtu = 68;
    private readonly VxlanSocket _socket;

    private VxlanDevice(NetworkNamespace space, string name, VxlanOptions options)
        : base(space, name, space.Node.NextMac(), 1500)
    {
        Underlay = space;
        Options = options;
        Fdb = new VxlanFdb(space.Node, options);
        _socket = space.Tunnels.Vxlan(options.DestinationPort);
        SetMtu(options.Lower is null ? 1500 : Math.Max(options.Lower.Mtu - Overhead, LeastMtu));
        SetCarrier(true);
        space.Add(this);
        _socket.Add(this);
        options.Lower?.AddUpper(this);
        if (!options.Remote.IsNone)
        {
            // The default entry, which `bridge fdb` shows like any other.
            Fdb.Add(default, new VxlanRemote(options.Remote, Device: options.Lower));
        }
    }

    public override string Kind => "vxlan";

    public VxlanOptions Options { get; private set; }

    /// <summary>The namespace of the outer packets: where the device was made.</summary>
    public NetworkNamespace Underlay { get; }

    public VxlanFdb Fdb { get; }

    /// <summary>Unicast frames without an entry, counted with `l2miss`.</summary>
    public long L2Misses { get; private set; }

    /// <summary>Addresses asked for and not known, counted with `l3miss`.</summary>
    public long L3Misses { get; private set; }

    public override OperationalState OperationalState => IsUp ? OperationalState.Unknown : OperationalState.Down;

    private int Overhead => Options.IsIPv6 ? IPv6Overhead : IPv4Overhead;

    /// <summary>Makes a device; null with EEXIST if the port has that VNI already.</summary>
    public static VxlanDevice? Create(NetworkNamespace space, string name, VxlanOptions options, out Errno error)
    {
        error = space.Tunnels.Vxlan(options.DestinationPort).Devices
            .Any(d => d.Options.Vni == options.Vni && d.Options.IsIPv6 == options.IsIPv6)
            ? Errno.EEXIST
            : Errno.None;
        return error == Errno.None ? new VxlanDevice(space, name, options) : null;
    }

    /// <summary>The port must be free, or open already (vxlan_open).</summary>
    public override Errno CanOpen() => _socket.CanOpen ? Errno.None : Errno.EADDRINUSE;

    /// <summary>With a device below, never more than fits it (vxlan_change_mtu).</summary>
    public override Errno CanSetMtu(int mtu) =>
        Options.Lower is { } lower && mtu > lower.Mtu - Overhead ? Errno.EINVAL : Errno.None;

    internal override void OnLowerChanged(NetDevice lower, LowerChange change)
    {
        if (change == LowerChange.Removed)
        {
            // vxlan_handle_lowerdev_unregister: the device goes with the one below.
            Namespace.Remove(this);
        }
    }

    protected override void OnStateChanged()
    {
        if (IsUp)
        {
            _socket.Open(this);
            return;
        }

        // vxlan_stop: learned entries go, what was set by hand stays.
        _socket.Close(this);
        Fdb.Flush(all: false);
    }

    protected override void OnDestroyed()
    {
        _socket.Remove(this);
        Options.Lower?.RemoveUpper(this);
    }
}
