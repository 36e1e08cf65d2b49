using System.Linq;
using Netemu.Core.Wire;
using Netemu.Engine.Devices.Vlans;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Bridging;

/// <summary>
/// VLAN filtering (net/bridge/br_vlan.c). This kernel is built without it: the behaviour follows the source. Sets of VLANs
/// are made when filtering is first switched on, or a VLAN is first added; a bridge that never hears of VLANs has none.
/// </summary>
public sealed partial class BridgeDevice
{
    /// <summary>The PVID that every new port gets, untagged; 0 for none.</summary>
    public int DefaultPvid { get; private set; } = 1;

    /// <summary>vlan_filtering.</summary>
    public bool VlanFiltering { get; private set; }

    /// <summary>The bridge's own VLANs, as one more port; null before any were needed.</summary>
    public BridgeVlanSet? Vlans { get; private set; }

    /// <summary>Switches VLAN filtering. What was learned is forgotten, for it was learned by other rules.</summary>
    public void SetVlanFiltering(bool on)
    {
        if (VlanFiltering == on)
        {
            return;
        }

        VlanFiltering = on;
        if (on)
        {
            WritableVlans(null);
            foreach (BridgePort port in _portArray)
            {
                WritableVlans(port);
            }
        }

        foreach (BridgePort port in _portArray)
        {
            Fdb.RemovePort(port, all: false);
        }
    }

    /// <summary>vlan_default_pvid: moves every port that still has the old default to the new one.</summary>
    public void SetDefaultPvid(int vlan)
    {
        foreach (BridgePort? port in _portArray.Cast<BridgePort?>().Append(null))
        {
            BridgeVlanSet? vlans = port is null ? Vlans : port.Vlans;
            if (vlans is null || (DefaultPvid != 0 && (vlans.Pvid != DefaultPvid || !vlans.IsUntagged(DefaultPvid))))
            {
                continue;
            }

            if (DefaultPvid != 0)
            {
                RemoveVlan(port, DefaultPvid);
            }

            if (vlan != 0)
            {
                AddVlan(port, vlan, pvid: true, untagged: true);
            }
        }

        DefaultPvid = vlan;
    }

    /// <summary>Adds a VLAN to a port, or to the bridge itself (bridge vlan add).</summary>
    public void AddVlan(BridgePort? port, int vlan, bool pvid, bool untagged)
    {
        WritableVlans(port).Add(vlan, pvid, untagged);
        Fdb.AddLocal(port?.Device.Mac ?? Mac, port, vlan);
    }

    /// <summary>Takes a VLAN from a port, or from the bridge itself; false if it was no member.</summary>
    public bool RemoveVlan(BridgePort? port, int vlan)
    {
        if (!WritableVlans(port).Remove(vlan))
        {
            return false;
        }

        Fdb.RemoveVlan(port, vlan);
        return true;
    }

    /// <summary>Sets the state of a VLAN of a port, or of the bridge itself (bridge vlan set); false if it is no member.</summary>
    public bool SetVlanState(BridgePort? port, int vlan, BridgePortState state) => WritableVlans(port).SetState(vlan, state);

    /// <summary>Takes all VLANs from a port, those of the default among them.</summary>
    public void ClearVlans(BridgePort? port)
    {
        foreach (int vlan in WritableVlans(port).Members().ToArray())
        {
            RemoveVlan(port, vlan);
        }
    }

    private BridgeVlanSet WritableVlans(BridgePort? port)
    {
        BridgeVlanSet? vlans = port is null ? Vlans : port.Vlans;
        if (vlans is not null)
        {
            return vlans;
        }

        vlans = new BridgeVlanSet();
        if (port is null)
        {
            Vlans = vlans;
        }
        else
        {
            port.Vlans = vlans;
        }

        if (DefaultPvid != 0)
        {
            AddVlan(port, DefaultPvid, pvid: true, untagged: true);
        }

        return vlans;
    }

    /// <summary>
    /// br_allowed_ingress: the VLAN that a frame belongs to by its tag or the port's PVID, or -1 if it may not come in.
    /// </summary>
    private static int ClassifyVlan(Frame frame, BridgeVlanSet vlans)
    {
        int control = VlanFrame.ControlOf(frame, EtherType.Vlan);
        int vlan = control < 0 ? 0 : control & 0xFFF;
        if (vlan == 0)
        {
            vlan = vlans.Pvid;
        }

        return vlan != 0 && vlan <= BridgeVlanSet.Last && vlans.Contains(vlan) && vlans.TakesIn(vlan) ? vlan : -1;
    }

    /// <summary>br_handle_vlan: gives a frame the tag that it leaves with, or none. The frame may be shared.</summary>
    private static void ShapeTag(Frame frame, BridgeVlanSet vlans, int vlan)
    {
        int control = VlanFrame.ControlOf(frame, EtherType.Vlan);
        if (vlans.IsUntagged(vlan))
        {
            if (control >= 0)
            {
                VlanFrame.Untag(frame);
            }

            return;
        }

        if (control < 0)
        {
            VlanFrame.Tag(frame, EtherType.Vlan, (ushort)vlan);
        }
        else if ((control & 0xFFF) != vlan)
        {
            // A priority tag: the VID is filled in, the priority stays.
            VlanFrame.Untag(frame);
            VlanFrame.Tag(frame, EtherType.Vlan, (ushort)((control & 0xF000) | vlan));
        }
    }

    /// <summary>A frame for the bridge's own stack (br_pass_frame_up). Takes ownership.</summary>
    private void PassUp(Frame frame, int vlan)
    {
        if (vlan != 0)
        {
            if (!Vlans!.Contains(vlan))
            {
                Drop(frame, DropReason.BridgeVlanFiltered);
                return;
            }

            ShapeTag(frame, Vlans, vlan);
        }

        Receive(frame);
    }

    private static bool MayCarry(BridgePort port, int vlan) => vlan == 0 || (port.Vlans!.Contains(vlan) && port.Vlans.Forwards(vlan));

    private static DropReason VlanRefusal(BridgePort port, int vlan) =>
        MayCarry(port, vlan) ? DropReason.BridgePortBlocked : DropReason.BridgeVlanFiltered;
}
