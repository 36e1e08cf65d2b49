using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Devices.Macvlan;

/// <summary>
/// An Ethernet device with a MAC of its own on a parent (drivers/net/macvlan.c). Parent and children never reach each other
/// directly, in any mode.
/// </summary>
public sealed class MacvlanDevice : NetDevice
{
    private readonly MacvlanPort _port;
    private readonly List<MacAddress> _sources = [];
    private MacAddress _openMac;

    private MacvlanDevice(NetworkNamespace space, string name, MacvlanPort port, MacvlanMode mode)
        : base(space, name, mode == MacvlanMode.Passthru ? port.Parent.Mac : space.Node.NextMac(), port.Parent.Mtu)
    {
        _port = port;
        Mode = mode;
        port.Add(this);
        port.Parent.AddUpper(this);
        SetCarrier(port.Parent.HasCarrier);
        space.Add(this);
    }

    public override string Kind => "macvlan";

    public MacvlanMode Mode { get; private set; }

    public NetDevice Parent => _port.Parent;

    public override NetDevice? Linked => Parent;

    /// <summary>The senders that a child in source mode listens to, in the order in which they were added.</summary>
    public IReadOnlyList<MacAddress> Sources => _sources;

    /// <summary>default_operstate: a lower layer in another namespace is not looked at, and the device is plainly down.</summary>
    public override OperationalState OperationalState => IsRunning
        ? OperationalState.Up
        : IsUp && ReferenceEquals(Parent.Namespace, Namespace) ? OperationalState.LowerLayerDown : OperationalState.Down;

    /// <summary>
    /// Makes a child; null with the kernel's error: EINVAL for a parent that is no Ethernet device and for company in
    /// passthru mode, EBUSY for a parent that a bridge or ipvlan has.
    /// </summary>
    public static MacvlanDevice? Create(NetworkNamespace space, string name, NetDevice parent, MacvlanMode mode, out Errno error)
    {
        // A macvlan on a macvlan stands on the real device.
        NetDevice real = parent is MacvlanDevice child ? child.Parent : parent;
        MacvlanPort? port = real.Handler as MacvlanPort;
        error = real.IsLoopback || !real.HasLinkLayer ? Errno.EINVAL
            : port is null && real.Handler is not null ? Errno.EBUSY
            : port is not null && (port.IsPassthru || mode == MacvlanMode.Passthru) ? Errno.EINVAL
            : Errno.None;
        return error == Errno.None ? new MacvlanDevice(space, name, port ?? new MacvlanPort(real), mode) : null;
    }

    /// <summary>Changes the mode (ip link set type macvlan mode); passthru can't be entered or left.</summary>
    public Errno TrySetMode(MacvlanMode mode)
    {
        if (mode != Mode && (mode == MacvlanMode.Passthru || Mode == MacvlanMode.Passthru))
        {
            return Errno.EINVAL;
        }

        if (Mode == MacvlanMode.Source && mode != MacvlanMode.Source)
        {
            ClearSources();
        }

        Mode = mode;
        return Errno.None;
    }

    /// <summary>Listens to a sender (macaddr add); EINVAL in another mode than source.</summary>
    public Errno AddSource(MacAddress sender)
    {
        if (Mode != MacvlanMode.Source)
        {
            return Errno.EINVAL;
        }

        if (sender.IsMulticast || sender.IsZero)
        {
            return Errno.EADDRNOTAVAIL;
        }

        if (!_sources.Contains(sender))
        {
            _sources.Add(sender);
            _port.AddSource(this, sender);
        }

        return Errno.None;
    }

    public void RemoveSource(MacAddress sender)
    {
        if (_sources.Remove(sender))
        {
            _port.RemoveSource(this, sender);
        }
    }

    public void ClearSources()
    {
        foreach (MacAddress sender in _sources.ToArray())
        {
            RemoveSource(sender);
        }
    }

    public override Errno CanOpen() => Mode != MacvlanMode.Passthru && _port.IsBusy(Mac) ? Errno.EADDRINUSE : Errno.None;

    public override Errno CanSetMtu(int mtu) => mtu > Parent.Mtu ? Errno.EINVAL : Errno.None;

    public override Errno CanSetMac(MacAddress mac) =>
        mac != Mac && Mode != MacvlanMode.Passthru && _port.IsBusy(mac) ? Errno.EADDRINUSE : Errno.None;

    internal override void OnLowerChanged(NetDevice lower, LowerChange change)
    {
        switch (change)
        {
            case LowerChange.State:
                SetCarrier(lower.HasCarrier);
                break;
            case LowerChange.Mtu when Mtu > lower.Mtu:
                SetMtu(lower.Mtu);
                break;
            case LowerChange.Mac when Mode == MacvlanMode.Passthru:
                SetMac(lower.Mac);
                break;
            case LowerChange.Removed:
                Namespace.Remove(this);
                break;
            default:
                break;
        }
    }

    protected override void OnStateChanged()
    {
        if (Mode == MacvlanMode.Passthru)
        {
            Parent.Promiscuity += IsUp ? 1 : -1;
        }

        if (IsUp)
        {
            _openMac = Mac;
            _port.Open(this);
        }
        else
        {
            _port.Close(this, _openMac);
        }
    }

    protected override void OnMacChanged()
    {
        if (Mode == MacvlanMode.Passthru)
        {
            Parent.SetMac(Mac);
        }

        if (IsUp)
        {
            _port.Close(this, _openMac);
            _openMac = Mac;
            _port.Open(this);
        }
    }

    protected override void OnDestroyed()
    {
        ClearSources();
        Parent.RemoveUpper(this);
        _port.Remove(this);
    }

    protected override void TransmitCore(Frame frame)
    {
        if (Mode == MacvlanMode.Bridge && _port.TrySwitch(frame, this))
        {
            return;
        }

        Parent.Transmit(frame);
    }
}
