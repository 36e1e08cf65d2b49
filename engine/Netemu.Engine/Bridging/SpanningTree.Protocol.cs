using System;
using System.Buffers.Binary;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Bridging;

/// <content>Elections, port states, messages and timers, function by function as in net/bridge/br_stp.c.</content>
public sealed partial class SpanningTree
{
    private const int LlcSize = 3;
    private const ulong GroupAddress = 0x0180_C200_0000;

    /// <summary>message_age_timer: nothing has been heard from the designated bridge of a segment.</summary>
    internal void MessageAged(StpPort port)
    {
        if (port.Port.State == BridgePortState.Disabled)
        {
            return;
        }

        bool wasRoot = IsRoot;
        BecomeDesignated(port);
        UpdateConfiguration();
        SelectPortStates();
        if (IsRoot && !wasRoot)
        {
            BecomeRoot();
        }
    }

    /// <summary>forward_delay_timer: listening, then learning, then forwarding.</summary>
    internal void DelayEnded(StpPort port)
    {
        if (port.Port.State == BridgePortState.Listening)
        {
            SetState(port, BridgePortState.Learning);
            Arm(port.ForwardDelayTimer, ForwardDelay);
        }
        else if (port.Port.State == BridgePortState.Learning)
        {
            SetState(port, BridgePortState.Forwarding);
            if (IsDesignatedForSomePort())
            {
                DetectTopologyChange();
            }

            _bridge.PortStatesChanged();
        }
    }

    /// <summary>hold_timer: a message that was held back goes out.</summary>
    internal void HoldEnded(StpPort port)
    {
        if (port.ConfigurationPending)
        {
            TransmitConfiguration(port);
        }
    }

    /// <summary>br_received_config_bpdu.</summary>
    private void ConfigurationReceived(StpPort port, in ConfigurationBpdu bpdu)
    {
        bool wasRoot = IsRoot;
        if (!Supersedes(port, bpdu))
        {
            if (IsDesignated(port))
            {
                TransmitConfiguration(port);
            }

            return;
        }

        Record(port, bpdu);
        UpdateConfiguration();
        SelectPortStates();
        if (!IsRoot && wasRoot)
        {
            Disarm(_helloTimer);
            if (TopologyChangeDetected)
            {
                Disarm(_changeTimer);
                TransmitNotification();
                Arm(_notificationTimer, OwnHelloTime);
            }
        }

        if (port.Port.Number == RootPort)
        {
            MaximumAge = bpdu.MaximumAge;
            HelloTime = bpdu.HelloTime;
            ForwardDelay = bpdu.ForwardDelay;
            SetTopologyChange(bpdu.TopologyChange);
            GenerateConfiguration();
            if (bpdu.TopologyChangeAcknowledgement)
            {
                TopologyChangeDetected = false;
                Disarm(_notificationTimer);
            }
        }
    }

    /// <summary>br_supersedes_port_info.</summary>
    private bool Supersedes(StpPort port, in ConfigurationBpdu bpdu)
    {
        if (bpdu.Root != port.DesignatedRoot)
        {
            return bpdu.Root < port.DesignatedRoot;
        }

        if (bpdu.RootPathCost != port.DesignatedCost)
        {
            return bpdu.RootPathCost < port.DesignatedCost;
        }

        if (bpdu.Bridge != port.DesignatedBridge)
        {
            return bpdu.Bridge < port.DesignatedBridge;
        }

        return bpdu.Bridge != Id || bpdu.Port <= port.DesignatedPort;
    }

    /// <summary>br_record_config_information.</summary>
    private void Record(StpPort port, in ConfigurationBpdu bpdu)
    {
        port.DesignatedRoot = bpdu.Root;
        port.DesignatedCost = bpdu.RootPathCost;
        port.DesignatedBridge = bpdu.Bridge;
        port.DesignatedPort = bpdu.Port;
        port.DesignatedAge = new SimTime(Now.Nanoseconds - bpdu.MessageAge.Nanoseconds);
        Arm(port.MessageAgeTimer, bpdu.MaximumAge - bpdu.MessageAge);
    }

    private void UpdateConfiguration()
    {
        SelectRoot();
        foreach (StpPort port in _ports)
        {
            if (port.Port.State != BridgePortState.Disabled && ShouldBecomeDesignated(port))
            {
                BecomeDesignated(port);
            }
        }
    }

    /// <summary>br_root_selection.</summary>
    private void SelectRoot()
    {
        StpPort? root = null;
        foreach (StpPort port in _ports)
        {
            if (!IsBetterRootPort(port, root))
            {
                continue;
            }

            if (port.Port.RootBlock)
            {
                Block(port);
            }
            else
            {
                root = port;
            }
        }

        RootPort = root?.Port.Number ?? 0;
        DesignatedRoot = root?.DesignatedRoot ?? Id;
        RootPathCost = root is null ? 0 : root.DesignatedCost + (uint)root.Port.Cost;
    }

    /// <summary>br_root_port_block: a port that would lead to the root, and must not, listens.</summary>
    private void Block(StpPort port)
    {
        SetState(port, BridgePortState.Listening);
        if (ForwardDelay > Duration.Zero)
        {
            Arm(port.ForwardDelayTimer, ForwardDelay);
        }
    }

    /// <summary>br_should_become_root_port.</summary>
    private bool IsBetterRootPort(StpPort port, StpPort? root)
    {
        if (port.Port.State == BridgePortState.Disabled || IsDesignated(port) || Id <= port.DesignatedRoot)
        {
            return false;
        }

        if (root is null)
        {
            return true;
        }

        if (port.DesignatedRoot != root.DesignatedRoot)
        {
            return port.DesignatedRoot < root.DesignatedRoot;
        }

        uint cost = port.DesignatedCost + (uint)port.Port.Cost;
        uint rootCost = root.DesignatedCost + (uint)root.Port.Cost;
        if (cost != rootCost)
        {
            return cost < rootCost;
        }

        if (port.DesignatedBridge != root.DesignatedBridge)
        {
            return port.DesignatedBridge < root.DesignatedBridge;
        }

        return port.DesignatedPort != root.DesignatedPort ? port.DesignatedPort < root.DesignatedPort : port.Id < root.Id;
    }

    /// <summary>br_should_become_designated_port.</summary>
    private bool ShouldBecomeDesignated(StpPort port)
    {
        if (IsDesignated(port) || port.DesignatedRoot != DesignatedRoot)
        {
            return true;
        }

        if (RootPathCost != port.DesignatedCost)
        {
            return RootPathCost < port.DesignatedCost;
        }

        return Id != port.DesignatedBridge ? Id < port.DesignatedBridge : port.Id < port.DesignatedPort;
    }

    private void BecomeDesignated(StpPort port)
    {
        port.DesignatedRoot = DesignatedRoot;
        port.DesignatedCost = RootPathCost;
        port.DesignatedBridge = Id;
        port.DesignatedPort = port.Id;
    }

    private bool IsDesignated(StpPort port) => port.DesignatedBridge == Id && port.DesignatedPort == port.Id;

    private bool IsDesignatedForSomePort() =>
        _ports.Exists(p => p.Port.State != BridgePortState.Disabled && p.DesignatedBridge == Id);

    /// <summary>br_port_state_selection.</summary>
    private void SelectPortStates()
    {
        foreach (StpPort port in _ports)
        {
            if (port.Port.State == BridgePortState.Disabled)
            {
                continue;
            }

            if (port.Port.Number == RootPort)
            {
                port.ConfigurationPending = false;
                port.Acknowledges = false;
                MakeForwarding(port);
            }
            else if (IsDesignated(port))
            {
                Disarm(port.MessageAgeTimer);
                MakeForwarding(port);
            }
            else
            {
                port.ConfigurationPending = false;
                port.Acknowledges = false;
                MakeBlocking(port);
            }
        }

        _bridge.PortStatesChanged();
    }

    private void MakeForwarding(StpPort port)
    {
        if (port.Port.State != BridgePortState.Blocking)
        {
            return;
        }

        if (!IsEnabled || ForwardDelay == Duration.Zero)
        {
            SetState(port, BridgePortState.Forwarding);
            DetectTopologyChange();
            Disarm(port.ForwardDelayTimer);
            return;
        }

        SetState(port, BridgePortState.Listening);
        Arm(port.ForwardDelayTimer, ForwardDelay);
    }

    private void MakeBlocking(StpPort port)
    {
        if (port.Port.State is BridgePortState.Disabled or BridgePortState.Blocking)
        {
            return;
        }

        if (port.Port.State is BridgePortState.Forwarding or BridgePortState.Learning)
        {
            DetectTopologyChange();
        }

        SetState(port, BridgePortState.Blocking);
        Disarm(port.ForwardDelayTimer);
    }

    private void DisablePort(StpPort port)
    {
        bool wasRoot = IsRoot;
        BecomeDesignated(port);
        SetState(port, BridgePortState.Disabled);
        port.Acknowledges = false;
        port.ConfigurationPending = false;
        DisarmAll(port);
        _bridge.Fdb.RemovePort(port.Port, all: false);
        UpdateConfiguration();
        SelectPortStates();
        if (IsRoot && !wasRoot)
        {
            BecomeRoot();
        }
    }

    /// <summary>br_become_root_bridge.</summary>
    private void BecomeRoot()
    {
        MaximumAge = OwnMaximumAge;
        HelloTime = OwnHelloTime;
        ForwardDelay = OwnForwardDelay;
        DetectTopologyChange();
        Disarm(_notificationTimer);
        if (_bridge.IsUp)
        {
            GenerateConfiguration();
            Arm(_helloTimer, HelloTime);
        }
    }

    /// <summary>br_topology_change_detection.</summary>
    private void DetectTopologyChange()
    {
        if (!IsEnabled)
        {
            return;
        }

        if (IsRoot)
        {
            SetTopologyChange(true);
            Arm(_changeTimer, OwnForwardDelay + OwnMaximumAge);
        }
        else if (!TopologyChangeDetected)
        {
            TransmitNotification();
            Arm(_notificationTimer, OwnHelloTime);
        }

        TopologyChangeDetected = true;
    }

    /// <summary>
    /// While the topology changes, the ageing time shown is two forward delays, and one forward delay makes an entry stale
    /// (__br_set_topology_change, hold_time).
    /// </summary>
    private void SetTopologyChange(bool changing)
    {
        if (IsEnabled && TopologyChange != changing)
        {
            if (changing)
            {
                _ageingTime = _bridge.Fdb.AgeingTime;
            }

            _bridge.Fdb.SetTopologyChange(changing ? ForwardDelay * 2 : _ageingTime, changing ? ForwardDelay : null);
        }

        TopologyChange = changing;
    }

    private void ChangeId(BridgeId id)
    {
        if (id == Id)
        {
            return;
        }

        bool wasRoot = IsRoot;
        BridgeId old = Id;
        foreach (StpPort port in _ports)
        {
            port.DesignatedBridge = port.DesignatedBridge == old ? id : port.DesignatedBridge;
            port.DesignatedRoot = port.DesignatedRoot == old ? id : port.DesignatedRoot;
        }

        Id = id;
        UpdateConfiguration();
        SelectPortStates();
        if (IsRoot && !wasRoot)
        {
            BecomeRoot();
        }
    }

    private void HelloDue()
    {
        if (_bridge.IsUp)
        {
            GenerateConfiguration();
            Arm(_helloTimer, HelloTime);
        }
    }

    private void NotificationDue()
    {
        if (!IsRoot && _bridge.IsUp)
        {
            TransmitNotification();
            Arm(_notificationTimer, OwnHelloTime);
        }
    }

    private void ChangeEnded()
    {
        TopologyChangeDetected = false;
        SetTopologyChange(false);
    }

    private void SetState(StpPort port, BridgePortState state) => _bridge.SetPortState(port.Port, state);

    /// <summary>br_config_bpdu_generation.</summary>
    private void GenerateConfiguration()
    {
        foreach (StpPort port in _ports)
        {
            if (port.Port.State != BridgePortState.Disabled && IsDesignated(port))
            {
                TransmitConfiguration(port);
            }
        }
    }

    /// <summary>br_transmit_config: at most one message a second on a port.</summary>
    private void TransmitConfiguration(StpPort port)
    {
        if (port.HoldTimer.IsArmed)
        {
            port.ConfigurationPending = true;
            return;
        }

        StpPort? root = RootPort == 0 ? null : _ports.Find(p => p.Port.Number == RootPort);
        Duration age = root is null ? Duration.Zero : (Now - root.DesignatedAge) + AgeIncrement;
        if (!IsEnabled || age >= MaximumAge)
        {
            return;
        }

        Frame frame = Rent(port, ConfigurationBpdu.Size);
        new ConfigurationBpdu
        {
            TopologyChange = TopologyChange,
            TopologyChangeAcknowledgement = port.Acknowledges,
            Root = DesignatedRoot,
            RootPathCost = RootPathCost,
            Bridge = Id,
            Port = port.Id,
            MessageAge = age,
            MaximumAge = MaximumAge,
            HelloTime = HelloTime,
            ForwardDelay = ForwardDelay,
        }.Write(frame.Bytes[(EthernetHeader.Size + LlcSize)..]);
        port.Acknowledges = false;
        port.ConfigurationPending = false;
        Arm(port.HoldTimer, HoldTime);
        port.Port.Device.Transmit(frame);
    }

    private void TransmitNotification()
    {
        if (!IsEnabled || _ports.Find(p => p.Port.Number == RootPort) is not { } root)
        {
            return;
        }

        Frame frame = Rent(root, ConfigurationBpdu.NotificationSize);
        ConfigurationBpdu.WriteNotification(frame.Bytes[(EthernetHeader.Size + LlcSize)..]);
        root.Port.Device.Transmit(frame);
    }

    /// <summary>A frame to the bridge group address with its length and LLC header (br_send_bpdu).</summary>
    private Frame Rent(StpPort port, int length)
    {
        Frame frame = _bridge.Node.Emulation.Frames.Rent(EthernetHeader.Size + LlcSize + length);
        Span<byte> bytes = frame.Bytes;
        BinaryPrimitives.WriteUInt64BigEndian(bytes, GroupAddress << 16);
        port.Port.Device.Mac.Write(bytes[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[EthernetHeader.TypeOffset..], (ushort)(LlcSize + length));
        bytes[14] = 0x42;
        bytes[15] = 0x42;
        bytes[16] = 0x03;
        return frame;
    }
}
