using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Devices.Vlans;

/// <summary>
/// A sub-interface for one VLAN of its parent (net/8021q): what is sent gets the tag, what comes in with the tag loses it.
/// This kernel has no 8021q: the behaviour follows the source.
/// </summary>
public sealed class VlanDevice : NetDevice
{
    private bool _inheritsMac = true;

    private VlanDevice(NetworkNamespace space, string name, NetDevice parent, int id, ushort protocol, bool isLoose)
        : base(space, name, parent.Mac, parent.Mtu)
    {
        Parent = parent;
        Id = id;
        Protocol = protocol;
        IsLoose = isLoose;
        parent.WritableVlans().Add(this);
        parent.AddUpper(this);
        SetCarrier(parent.HasCarrier);
        space.Add(this);
    }

    public override string Kind => "vlan";

    public NetDevice Parent { get; }

    public override NetDevice? Linked => Parent;

    /// <summary>The VLAN identifier, 1 to 4094 (0 for priority-tagged frames alone).</summary>
    public int Id { get; }

    /// <summary>The tag's EtherType: 802.1Q or 802.1ad.</summary>
    public ushort Protocol { get; }

    /// <summary>loose_binding: does not follow the parent up and down.</summary>
    public bool IsLoose { get; }

    public override OperationalState OperationalState =>
        IsRunning ? OperationalState.Up : IsUp ? OperationalState.LowerLayerDown : OperationalState.Down;

    /// <summary>Makes a VLAN; null with EEXIST if the parent has that one, EOPNOTSUPP if it can have none.</summary>
    public static VlanDevice? Create(
        NetworkNamespace space, string name, NetDevice parent, int id, out Errno error, ushort protocol = EtherType.Vlan, bool isLoose = false)
    {
        error = parent.IsLoopback || !parent.HasLinkLayer ? Errno.EOPNOTSUPP
            : parent.VlanDevices?.Find(protocol, id) is not null ? Errno.EEXIST
            : Errno.None;
        return error == Errno.None ? new VlanDevice(space, name, parent, id, protocol, isLoose) : null;
    }

    /// <summary>vlan_dev_open: not while the parent is down.</summary>
    public override Errno CanOpen() => Parent.IsUp || IsLoose ? Errno.None : Errno.ENETDOWN;

    /// <summary>vlan_dev_change_mtu.</summary>
    public override Errno CanSetMtu(int mtu) => mtu > Parent.Mtu ? Errno.ERANGE : Errno.None;

    internal override void OnLowerChanged(NetDevice lower, LowerChange change)
    {
        switch (change)
        {
            case LowerChange.State:
                // vlan_device_event: VLANs follow their device up and down, unless they are bound loosely.
                SetCarrier(lower.HasCarrier);
                if (!IsLoose && IsUp != lower.IsUp)
                {
                    SetUp(lower.IsUp);
                }

                break;
            case LowerChange.Mtu when Mtu > lower.Mtu:
                SetMtu(lower.Mtu);
                break;
            case LowerChange.Mac when _inheritsMac:
                SetMac(lower.Mac);
                _inheritsMac = true;
                break;
            case LowerChange.Removed:
                Namespace.Remove(this);
                break;
            default:
                break;
        }
    }

    protected override void OnMacChanged() => _inheritsMac = Mac == Parent.Mac;

    protected override void OnDestroyed()
    {
        Parent.RemoveUpper(this);
        Parent.RemoveVlan(this);
    }

    protected override void TransmitCore(Frame frame)
    {
        VlanFrame.Tag(frame, Protocol, (ushort)Id);
        Parent.Transmit(frame);
    }
}
