using Netemu.Core.Addresses;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Devices.Ipvlan;

/// <summary>
/// A device that shares its parent's MAC and is told apart by its IP addresses (drivers/net/ipvlan). This kernel has no
/// ipvlan module: the behaviour follows the source and Documentation/networking/ipvlan.rst.
/// </summary>
public sealed class IpvlanDevice : NetDevice
{
    private readonly IpvlanPort _port;

    private IpvlanDevice(NetworkNamespace space, string name, IpvlanPort port)
        : base(space, name, port.Parent.Mac, port.Parent.Mtu)
    {
        _port = port;
        Id = port.TakeId();
        port.Add(this);
        port.Parent.AddUpper(this);
        SetCarrier(port.Parent.HasCarrier);
        space.Add(this);
        space.AddressesChanged += _port.Forget;
    }

    public override string Kind => "ipvlan";

    public NetDevice Parent => _port.Parent;

    public override NetDevice? Linked => Parent;

    /// <summary>The mode of all children of the parent.</summary>
    public IpvlanMode Mode => _port.Mode;

    public IpvlanIsolation Isolation => _port.Isolation;

    /// <summary>Tells the children of a parent apart, as they have one MAC (dev_id).</summary>
    internal ushort Id { get; }

    /// <summary>The parent's MAC around the number of the child, and no bit turned over.</summary>
    public override ulong InterfaceIdentifier => ((Mac.Value & 0xFFFF_FF00_0000) << 16) | ((ulong)Id << 24) | (Mac.Value & 0xFF_FFFF);

    /// <summary>IFF_NOARP in the l3 modes.</summary>
    public override bool UsesNeighbours => Mode == IpvlanMode.L2;

    /// <summary>default_operstate: a lower layer in another namespace is not looked at, and the device is plainly down.</summary>
    public override OperationalState OperationalState => IsRunning
        ? OperationalState.Up
        : IsUp && ReferenceEquals(_port.Parent.Namespace, Namespace) ? OperationalState.LowerLayerDown : OperationalState.Down;

    /// <summary>
    /// Makes a child and sets the mode and isolation of all ("latest update overrides"); null with the kernel's error: EINVAL
    /// for a parent that is no Ethernet device, EBUSY for one that a bridge or macvlan has.
    /// </summary>
    public static IpvlanDevice? Create(
        NetworkNamespace space, string name, NetDevice parent, IpvlanMode mode, IpvlanIsolation isolation, out Errno error)
    {
        NetDevice real = parent is IpvlanDevice child ? child.Parent : parent;
        IpvlanPort? port = real.Handler as IpvlanPort;
        error = real.IsLoopback || !real.HasLinkLayer ? Errno.EINVAL
            : port is null && real.Handler is not null ? Errno.EBUSY
            : Errno.None;
        if (error != Errno.None)
        {
            return null;
        }

        port ??= new IpvlanPort(real);
        IpvlanDevice made = new(space, name, port);
        made.SetMode(mode, isolation);
        return made;
    }

    /// <summary>Changes mode and isolation of the parent's children, all of them.</summary>
    public void SetMode(IpvlanMode mode, IpvlanIsolation isolation)
    {
        _port.Isolation = isolation;
        _port.SetMode(mode);
    }

    /// <summary>ipvlan has no ndo_set_mac_address.</summary>
    public override Errno CanSetMac(MacAddress mac) => mac == Mac ? Errno.None : Errno.EOPNOTSUPP;

    public override Errno CanSetMtu(int mtu) => mtu > Parent.Mtu ? Errno.EINVAL : Errno.None;

    /// <summary>
    /// ipvlan_addr4_validator_event, ipvlan_addr6_validator_event: an address that a child has, up or down, is refused; this
    /// one's own too, as a second one with another prefix.
    /// </summary>
    public override Errno CanAddAddress(InternetAddress address) =>
        _port.IsTaken(address) ? Errno.EADDRINUSE : Errno.None;

    /// <summary>True if the address is one of the device's.</summary>
    internal bool Has(InternetAddress address)
    {
        if (address.Family == AddressFamily.IPv4)
        {
            foreach (DeviceAddress<IPv4Address> own in Namespace.IPv4.Addresses)
            {
                if (ReferenceEquals(own.Device, this) && own.Address == address.IPv4)
                {
                    return true;
                }
            }

            return false;
        }

        foreach (DeviceAddress<IPv6Address> own in Namespace.IPv6.Addresses)
        {
            if (ReferenceEquals(own.Device, this) && own.Address == address.IPv6)
            {
                return true;
            }
        }

        return false;
    }

    internal override void OnLowerChanged(NetDevice lower, LowerChange change)
    {
        switch (change)
        {
            case LowerChange.State:
                SetCarrier(lower.HasCarrier);
                break;
            case LowerChange.Mtu:
                // ipvlan_adjust_mtu: the parent's, whatever it was.
                SetMtu(lower.Mtu);
                break;
            case LowerChange.Mac:
                SetMac(lower.Mac);
                break;
            case LowerChange.Removed:
                Namespace.Remove(this);
                break;
            default:
                break;
        }
    }

    /// <summary>L3s: a packet that the parent's namespace has let in. Takes ownership.</summary>
    internal void TakeFromMaster(Frame frame, AddressFamily family)
    {
        Counters.ReceivedPackets++;
        Counters.ReceivedBytes += frame.Length;
        frame.Input = this;
        frame.Type = PacketType.Host;
        if (family == AddressFamily.IPv4)
        {
            Namespace.IPv4.DispatchTransport(frame, this);
        }
        else
        {
            Namespace.IPv6.DispatchTransport(frame, this);
        }
    }

    protected override void OnStateChanged() => _port.Forget();

    private protected override void OnMoved(NetworkNamespace from)
    {
        from.AddressesChanged -= _port.Forget;
        Namespace.AddressesChanged += _port.Forget;
        _port.Forget();
    }

    protected override void OnDestroyed()
    {
        Namespace.AddressesChanged -= _port.Forget;
        Parent.RemoveUpper(this);
        _port.Remove(this);
    }

    protected override void TransmitCore(Frame frame)
    {
        if (Mode == IpvlanMode.L2)
        {
            _port.TransmitL2(frame, this);
        }
        else
        {
            _port.TransmitL3(frame, this);
        }
    }
}
