using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Bridging;

/// <summary>
/// The kernel's spanning tree protocol of one bridge (net/bridge/br_stp.c, br_stp_if.c; 802.1D-1998 clause 8): elects a root,
/// keeps one way to it, and blocks what would close a loop. Rules and names follow the kernel's functions.
/// </summary>
/// <remarks>
/// <code>
/// BPDU in --> Receive --> supersedes? record --> roots, designated ports --> port states --> BPDUs out, timers
///                                         disabled -> blocking -> listening -> learning -> forwarding
///                                                         ^----------- any, when another way is better
/// </code>
/// The clock is the emulation's: where the kernel counts jiffies, messages age by 1/256 s at each bridge.
/// </remarks>
public sealed partial class SpanningTree
{
    private static readonly Duration HoldTime = Duration.FromSeconds(1);
    private static readonly Duration AgeIncrement = Duration.FromNanoseconds(3_906_250);

    private readonly BridgeDevice _bridge;
    private readonly List<StpPort> _ports = [];
    private readonly CallbackTimer _helloTimer;
    private readonly CallbackTimer _notificationTimer;
    private readonly CallbackTimer _changeTimer;
    private Duration _ageingTime;

    internal SpanningTree(BridgeDevice bridge)
    {
        _bridge = bridge;
        _helloTimer = new CallbackTimer(HelloDue);
        _notificationTimer = new CallbackTimer(NotificationDue);
        _changeTimer = new CallbackTimer(ChangeEnded);
        _ageingTime = bridge.Fdb.AgeingTime;
        Id = new BridgeId(32_768, bridge.Mac);
        DesignatedRoot = Id;
        foreach (BridgePort port in bridge.Ports)
        {
            StpPort added = new(this, port);
            BecomeDesignated(added);
            _ports.Add(added);
        }
    }

    /// <summary>stp_state: true while the kernel's protocol runs.</summary>
    public bool IsEnabled { get; private set; }

    public BridgeId Id { get; private set; }

    public BridgeId DesignatedRoot { get; private set; }

    public uint RootPathCost { get; private set; }

    /// <summary>The number of the port towards the root; 0 for the root itself.</summary>
    public int RootPort { get; private set; }

    /// <summary>The times in use: the root's.</summary>
    public Duration MaximumAge { get; private set; } = Duration.FromSeconds(20);

    public Duration HelloTime { get; private set; } = Duration.FromSeconds(2);

    public Duration ForwardDelay { get; private set; } = Duration.FromSeconds(15);

    /// <summary>The times that this bridge uses when it is the root.</summary>
    public Duration OwnMaximumAge { get; private set; } = Duration.FromSeconds(20);

    public Duration OwnHelloTime { get; private set; } = Duration.FromSeconds(2);

    public Duration OwnForwardDelay { get; private set; } = Duration.FromSeconds(15);

    public bool TopologyChange { get; private set; }

    public bool TopologyChangeDetected { get; private set; }

    public bool IsRoot => Id == DesignatedRoot;

    public Duration HelloTimer => Remaining(_helloTimer);

    public Duration NotificationTimer => Remaining(_notificationTimer);

    public Duration TopologyChangeTimer => Remaining(_changeTimer);

    private SimTime Now => _bridge.Node.Now;

    /// <summary>How long learned addresses live when no topology change shortens it.</summary>
    public void SetAgeingTime(Duration time)
    {
        _ageingTime = time;
        _bridge.Fdb.SetAgeingTime(time);
    }

    /// <summary>
    /// Starts or stops the protocol (br_stp_set_enabled). Ports that forward go on forwarding: only what the protocol then
    /// learns changes them.
    /// </summary>
    public void SetEnabled(bool enabled)
    {
        if (IsEnabled == enabled)
        {
            return;
        }

        if (!enabled)
        {
            SetTopologyChange(false);
            IsEnabled = false;
            return;
        }

        IsEnabled = true;
        OwnForwardDelay = Clamp(OwnForwardDelay, 2, 30);
        ForwardDelay = IsRoot ? OwnForwardDelay : ForwardDelay;
        if (_bridge.IsUp)
        {
            Arm(_helloTimer, HelloTime);
        }

        SelectPortStates();
    }

    /// <summary>False if the kernel refuses the time (ERANGE).</summary>
    public bool SetForwardDelay(Duration time)
    {
        if (IsEnabled && (time < Duration.FromSeconds(2) || time > Duration.FromSeconds(30)))
        {
            return false;
        }

        OwnForwardDelay = time;
        ForwardDelay = IsRoot ? time : ForwardDelay;
        return true;
    }

    public bool SetHelloTime(Duration time)
    {
        if (time < Duration.FromSeconds(1) || time > Duration.FromSeconds(10))
        {
            return false;
        }

        OwnHelloTime = time;
        HelloTime = IsRoot ? time : HelloTime;
        return true;
    }

    public bool SetMaximumAge(Duration time)
    {
        if (time < Duration.FromSeconds(6) || time > Duration.FromSeconds(40))
        {
            return false;
        }

        OwnMaximumAge = time;
        MaximumAge = IsRoot ? time : MaximumAge;
        return true;
    }

    /// <summary>br_stp_set_bridge_priority.</summary>
    public void SetPriority(ushort priority) => ChangeId(new BridgeId(priority, Id.Mac));

    /// <summary>br_stp_set_path_cost; false out of 1 to 65,535.</summary>
    public bool SetPathCost(BridgePort port, int cost)
    {
        if (cost is < 1 or > 65_535)
        {
            return false;
        }

        port.SetCost(cost);
        UpdateConfiguration();
        SelectPortStates();
        return true;
    }

    /// <summary>br_stp_set_port_priority; false above 63.</summary>
    public bool SetPortPriority(BridgePort port, int priority)
    {
        if (priority is < 0 or > 63)
        {
            return false;
        }

        StpPort p = Find(port);
        bool designated = IsDesignated(p);
        port.Priority = priority;
        if (designated)
        {
            p.DesignatedPort = p.Id;
        }

        if (p.DesignatedBridge == Id && p.Id < p.DesignatedPort)
        {
            BecomeDesignated(p);
            SelectPortStates();
        }

        return true;
    }

    /// <summary>
    /// A state set by hand (br_set_port_state): refused while the protocol runs. Without it, a port that is to block becomes
    /// its segment's designated one and forwards at once, as in the kernel; the other states stay.
    /// </summary>
    public Errno SetState(BridgePort port, BridgePortState state)
    {
        if (IsEnabled)
        {
            return Errno.EBUSY;
        }

        if (!port.Device.IsUp || (!port.Device.HasCarrier && state != BridgePortState.Disabled))
        {
            return Errno.ENETDOWN;
        }

        _bridge.SetPortState(port, state);
        SelectPortStates();
        return Errno.None;
    }

    /// <summary>What a port knows, for `ip -d link`.</summary>
    public (ushort Id, BridgeId Root, uint Cost, BridgeId Bridge, ushort DesignatedPort) Describe(BridgePort port)
    {
        StpPort p = Find(port);
        return (p.Id, p.DesignatedRoot, p.DesignatedCost, p.DesignatedBridge, p.DesignatedPort);
    }

    /// <summary>What is left of a port's timers: hold, message age, forward delay.</summary>
    public (Duration Hold, Duration MessageAge, Duration ForwardDelay) Timers(BridgePort port)
    {
        StpPort p = Find(port);
        return (Remaining(p.HoldTimer), Remaining(p.MessageAgeTimer), Remaining(p.ForwardDelayTimer));
    }

    /// <summary>Whether the next message of a port acknowledges a topology change, and whether one waits for the hold timer.</summary>
    public (bool Acknowledges, bool ConfigurationPending) Pending(BridgePort port)
    {
        StpPort p = Find(port);
        return (p.Acknowledges, p.ConfigurationPending);
    }

    internal void AddPort(BridgePort port)
    {
        StpPort added = new(this, port);
        BecomeDesignated(added);
        _ports.Add(added);
    }

    internal void RemovePort(BridgePort port)
    {
        StpPort p = Find(port);
        DisablePort(p);
        _ports.Remove(p);
    }

    /// <summary>A port can carry frames, or cannot any more (br_stp_enable_port, br_stp_disable_port).</summary>
    internal void PortChanged(BridgePort port, bool running)
    {
        StpPort p = Find(port);
        if (!running)
        {
            if (port.State != BridgePortState.Disabled)
            {
                DisablePort(p);
            }
        }
        else if (port.State == BridgePortState.Disabled)
        {
            BecomeDesignated(p);
            SetState(p, BridgePortState.Blocking);
            p.Acknowledges = false;
            p.ConfigurationPending = false;
            SelectPortStates();
        }
    }

    /// <summary>The bridge came up (br_stp_enable_bridge); its ports follow by <see cref="PortChanged"/>.</summary>
    internal void BridgeUp()
    {
        if (IsEnabled)
        {
            Arm(_helloTimer, HelloTime);
        }

        GenerateConfiguration();
    }

    /// <summary>The bridge went down (br_stp_disable_bridge).</summary>
    internal void BridgeDown()
    {
        SetTopologyChange(false);
        TopologyChangeDetected = false;
        Disarm(_helloTimer);
        Disarm(_notificationTimer);
        Disarm(_changeTimer);
    }

    /// <summary>The bridge has another MAC, and with it another name (br_stp_change_bridge_id).</summary>
    internal void MacChanged(MacAddress mac) => ChangeId(new BridgeId(Id.Priority, mac));

    /// <summary>The device is gone: no timer may fire for it.</summary>
    internal void Destroy()
    {
        BridgeDown();
        foreach (StpPort port in _ports)
        {
            DisarmAll(port);
            SetState(port, BridgePortState.Disabled);
        }
    }

    /// <summary>Takes a frame for the bridge group address (br_stp_rcv). The caller keeps the frame.</summary>
    internal void Receive(Frame frame, BridgePort port)
    {
        // Length, then LLC of the spanning tree protocol: DSAP and SSAP 0x42, unnumbered information.
        ReadOnlySpan<byte> bytes = frame.Bytes;
        if (!_bridge.IsUp || port.State == BridgePortState.Disabled || bytes.Length < EthernetHeader.Size + LlcSize
            || bytes[14] != 0x42 || bytes[15] != 0x42 || bytes[16] != 0x03)
        {
            return;
        }

        bytes = bytes[(EthernetHeader.Size + LlcSize)..];
        StpPort p = Find(port);
        if (port.BpduGuard)
        {
            DisablePort(p);
            return;
        }

        switch (ConfigurationBpdu.TypeOf(bytes))
        {
            case ConfigurationBpdu.ConfigurationType
                when ConfigurationBpdu.TryParse(bytes, out ConfigurationBpdu bpdu) == WireError.None && bpdu.MessageAge <= bpdu.MaximumAge:
                ConfigurationReceived(p, bpdu);
                break;
            case ConfigurationBpdu.NotificationType when IsDesignated(p):
                DetectTopologyChange();
                p.Acknowledges = true;
                TransmitConfiguration(p);
                break;
            default:
                break;
        }
    }

    private StpPort Find(BridgePort port) => _ports.First(p => ReferenceEquals(p.Port, port));

    private static Duration Clamp(Duration time, long minimum, long maximum) =>
        time < Duration.FromSeconds(minimum) ? Duration.FromSeconds(minimum)
        : time > Duration.FromSeconds(maximum) ? Duration.FromSeconds(maximum) : time;

    private void Arm(TimerEntry timer, Duration delay) => _bridge.Node.Schedule(timer, Now + delay);

    private void Disarm(TimerEntry timer)
    {
        if (timer.IsArmed)
        {
            _bridge.Node.Cancel(timer);
        }
    }

    private void DisarmAll(StpPort port)
    {
        Disarm(port.MessageAgeTimer);
        Disarm(port.ForwardDelayTimer);
        Disarm(port.HoldTimer);
    }

    private Duration Remaining(TimerEntry timer) => timer.IsArmed ? timer.Due - Now : Duration.Zero;
}
