using Netemu.Commands.Ip;
using Netemu.Core.Time;
using Netemu.Engine.Devices.Vxlan;

namespace Netemu.Commands.Bridge;

/// <summary>The rows of a VXLAN's own table, as `bridge fdb show` prints them: one for each far end.</summary>
internal static class VxlanFdbText
{
    public static void Print(IpPrinter printer, IpContext context, VxlanDevice device, string? state, bool dynamicOnly, bool namesDevice)
    {
        foreach (VxlanFdbEntry entry in device.Fdb.Entries())
        {
            string shown = entry.State switch
            {
                VxlanFdbState.Permanent => "permanent",
                VxlanFdbState.Static => "static",
                _ => string.Empty,
            };
            if ((state is not null && shown != state) || (dynamicOnly && shown.Length > 0))
            {
                continue;
            }

            foreach (VxlanRemote remote in entry.Remotes)
            {
                Print(printer, context, device, entry, remote, shown, namesDevice);
            }
        }
    }

    private static void Print(
        IpPrinter printer, IpContext context, VxlanDevice device, VxlanFdbEntry entry, VxlanRemote remote, string shown, bool namesDevice)
    {
        printer.OpenObject();
        printer.Any("mac", entry.Mac.ToString(), entry.Mac.ToString());
        if (namesDevice)
        {
            printer.Any("ifname", device.Name, $" dev {device.Name}");
        }

        printer.Any("dst", remote.Address.ToString(), $" dst {remote.Address}");
        printer.Text(" ");
        if (remote.Port != 0)
        {
            printer.Any("port", remote.Port, $"port {remote.Port} ");
        }

        if (remote.Vni is { } vni)
        {
            printer.Any("vni", vni, $"vni {vni} ");
        }

        if (remote.Device is not null)
        {
            printer.Any("viaIf", remote.Device.Name, $"via {remote.Device.Name} ");
        }

        if (context.Options.Statistics > 0)
        {
            SimTime now = context.Namespace.Node.Now;
            long used = (now - entry.Used).Milliseconds / 1000;
            long updated = (now - entry.Updated).Milliseconds / 1000;
            printer.Member("used", used);
            printer.Member("updated", updated);
            printer.Text($"used {used}/{updated} ");
        }

        printer.OpenArray("flags");
        printer.Element("self");
        printer.CloseArray();
        printer.Text("self ");
        printer.Any("state", shown, shown);
        printer.Text("\n");
        printer.CloseObject();
    }
}
