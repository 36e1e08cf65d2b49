using System.Linq;
using Netemu.Commands.Ip;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Vxlan;

namespace Netemu.Commands.Bridge;

/// <summary>
/// What `bridge fdb show` prints of one device after another, as the kernel walks them (rtnl_fdb_dump): a port's entries in its bridge,
/// a bridge's own, and the groups that the device itself listens to.
/// </summary>
internal sealed class FdbShow(IpContext context, IpPrinter printer)
{
    public NetDevice? Bridge { get; init; }

    public NetDevice? Device { get; init; }

    public string? State { get; init; }

    public bool IsDynamic { get; init; }

    public int? Vlan { get; init; }

    public void Print(NetDevice device)
    {
        if ((Device is not null && !ReferenceEquals(device, Device))
            || (Bridge is not null && !ReferenceEquals(device, Bridge) && !ReferenceEquals(device.Master, Bridge)))
        {
            return;
        }

        if (device.Master is BridgeDevice master)
        {
            PrintEntries(master, device);
        }

        switch (device)
        {
            case BridgeDevice own:
                PrintGroups(device);
                PrintEntries(own, null);
                break;
            case VxlanDevice vxlan when Bridge is null && Vlan is null:
                VxlanFdbText.Print(printer, context, vxlan, State, IsDynamic, namesDevice: Device is null);
                break;
            case VxlanDevice:
                break;
            default:
                PrintGroups(device);
                break;
        }
    }

    public void Print(BridgeDevice owner, FdbEntry entry)
    {
        string state = StateOf(owner, entry);
        Begin(entry.Mac, entry.Port?.Device ?? owner);
        if (entry.Vlan != 0)
        {
            printer.Any("vlan", entry.Vlan, $"vlan {entry.Vlan} ");
        }

        if (context.Options.Statistics > 0)
        {
            SimTime now = context.Namespace.Node.Now;
            long age = entry.IsLocal || entry.IsStatic ? 0 : (now - entry.Updated).Milliseconds / 1000;
            printer.Member("used", age);
            printer.Member("updated", age);
            printer.Text($"used {age}/{age} ");
        }

        printer.OpenArray("flags");
        PrintFlag("extern_learn", entry.IsExternallyLearned);
        PrintFlag("sticky", entry.IsSticky);
        printer.CloseArray();
        printer.Any("master", owner.Name, $"master {owner.Name} ");
        printer.Any("state", state, state);
        printer.Text("\n");
        printer.CloseObject();
    }

    private static string StateOf(BridgeDevice owner, FdbEntry entry) =>
        entry.IsLocal ? "permanent" : entry.IsStatic ? "static" : owner.Fdb.IsStale(entry) ? "stale" : string.Empty;

    /// <summary>The entries of one port, or without one the bridge's own, the latest first.</summary>
    private void PrintEntries(BridgeDevice owner, NetDevice? port)
    {
        foreach (FdbEntry entry in owner.Fdb.Entries().Where(e => ReferenceEquals(e.Port?.Device, port)).OrderByDescending(e => e.Sequence))
        {
            if ((State is null || StateOf(owner, entry) == State) && (Vlan is null || entry.Vlan == Vlan) && !(IsDynamic && entry.IsLocal))
            {
                Print(owner, entry);
            }
        }
    }

    /// <summary>ndo_dflt_fdb_dump.</summary>
    private void PrintGroups(NetDevice device)
    {
        if (IsDynamic || Vlan is not null || State is not (null or "permanent"))
        {
            return;
        }

        foreach (MacAddress group in MulticastObject.LinkGroups(device))
        {
            Begin(group, device);
            printer.OpenArray("flags");
            PrintFlag("self", true);
            printer.CloseArray();
            printer.Any("state", "permanent", "permanent");
            printer.Text("\n");
            printer.CloseObject();
        }
    }

    private void Begin(MacAddress mac, NetDevice device)
    {
        printer.OpenObject();
        printer.Any("mac", mac.ToString(), mac.ToString());
        if (Device is null)
        {
            printer.Any("ifname", device.Name, $" dev {device.Name}");
        }

        printer.Text(" ");
    }

    private void PrintFlag(string flag, bool isSet)
    {
        if (isSet)
        {
            printer.Element(flag);
            printer.Text($"{flag} ");
        }
    }
}
