using System.Linq;
using Netemu.Engine.Bridging;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Building;

/// <summary>
/// The VLAN words of bridges and their ports. A port that says nothing has the bridge's default VLAN; one that names
/// <c>pvid</c>, <c>tagged</c> or <c>untagged</c> VLANs has exactly those.
/// </summary>
internal static class BridgeVlans
{
    public static void Apply(BridgeDevice bridge, BridgeOptions options)
    {
        if (options.DefaultPvid is { } pvid)
        {
            bridge.SetDefaultPvid(pvid);
        }

        if (options.VlanFiltering == true)
        {
            bridge.SetVlanFiltering(true);
        }
    }

    /// <summary>The PVID is a member without tag unless it stands among the tagged ones.</summary>
    public static void Apply(BridgePort port, BridgePortOptions options)
    {
        if (options is { Pvid: null, TaggedVlans.Count: 0, UntaggedVlans.Count: 0 })
        {
            return;
        }

        BridgeDevice bridge = port.Bridge;
        bridge.ClearVlans(port);
        foreach (int vlan in options.TaggedVlans)
        {
            bridge.AddVlan(port, vlan, pvid: false, untagged: false);
        }

        foreach (int vlan in options.UntaggedVlans)
        {
            bridge.AddVlan(port, vlan, pvid: false, untagged: true);
        }

        if (options.Pvid is { } pvid)
        {
            bridge.AddVlan(port, pvid, pvid: true, untagged: !options.TaggedVlans.Contains(pvid));
        }
    }
}
