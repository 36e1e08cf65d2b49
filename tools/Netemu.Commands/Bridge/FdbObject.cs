using System.Collections.Generic;
using System.Linq;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;

namespace Netemu.Commands.Bridge;

/// <summary>bridge fdb: what the bridges of a namespace have learned and been told.</summary>
internal static class FdbObject
{
    public static CommandResult Show(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        NetDevice? bridge = null;
        NetDevice? port = null;
        string? state = null;
        bool dynamicOnly = false;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "br":
                    bridge = arguments.Device();
                    break;
                case "state":
                    state = arguments.Value();
                    break;
                case "dynamic":
                    dynamicOnly = true;
                    break;
                default:
                    port = word is "dev" or "brport" ? arguments.Device() : arguments.FindDevice(word);
                    break;
            }
        }

        if (arguments.Error is { } error)
        {
            return error with { Exit = 255 };
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        IEnumerable<BridgeDevice> bridges = context.Namespace.Devices.OfType<BridgeDevice>();
        foreach (BridgeDevice owner in bridges.Where(b => bridge is null || ReferenceEquals(b, bridge)))
        {
            // The kernel walks its ports one after another; the bridge's own addresses come last.
            foreach (FdbEntry entry in owner.Fdb.Entries().OrderBy(e => e.Port?.Number ?? int.MaxValue).ThenBy(e => e.IsLocal))
            {
                NetDevice device = entry.Port?.Device ?? owner;
                string shown = entry.IsLocal ? "permanent" : entry.IsStatic ? "static" : string.Empty;
                if ((port is null || ReferenceEquals(device, port)) && (state is null || shown == state)
                    && !(dynamicOnly && shown.Length > 0))
                {
                    Print(printer, context, owner, entry, device, shown, namesDevice: port is null);
                }
            }
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    public static CommandResult Modify(IpContext context, string verb)
    {
        IpArguments arguments = context.Arguments;
        string? text = null;
        NetDevice? device = null;
        bool toMaster = false;
        string state = "permanent";
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "dev":
                    device = arguments.Device();
                    break;
                case "master":
                    toMaster = true;
                    break;
                case "self":
                    break;
                case "static" or "temp":
                    state = "static";
                    break;
                case "dynamic":
                    state = "dynamic";
                    break;
                case "local" or "permanent":
                    state = "permanent";
                    break;
                default:
                    if (text is not null)
                    {
                        arguments.Garbage("to", word, context.Hint("fdb add", word));
                    }

                    text = word == "to" ? arguments.Value() : word;
                    break;
            }
        }

        if (arguments.Error is { } error)
        {
            return error with { Exit = 255 };
        }

        if (device is null || text is null)
        {
            return CommandResult.Failure(255, "Device and address are required arguments.");
        }

        if (!MacAddress.TryParse(text, out MacAddress mac))
        {
            return CommandResult.Failure(255, $"Invalid mac address {text}");
        }

        BridgePort? port = (device.Master as BridgeDevice)?.FindPort(device);
        if (!toMaster || port is null)
        {
            // "self" is the device's own filter (a network card's, or a VXLAN's table), which no device here has.
            return Refused("Operation not supported");
        }

        return verb == "delete" ? Delete(port, mac) : Add(port, mac, verb, state);
    }

    private static CommandResult Delete(BridgePort port, MacAddress mac) =>
        ReferenceEquals(port.Bridge.Fdb.Find(mac)?.Port, port) && port.Bridge.Fdb.Remove(mac)
            ? CommandResult.Success
            : Refused("No such file or directory");

    private static CommandResult Add(BridgePort port, MacAddress mac, string verb, string state)
    {
        if (mac.IsZero || mac.IsMulticast)
        {
            return Refused("Invalid argument");
        }

        ForwardingDatabase fdb = port.Bridge.Fdb;
        if (verb == "add" && fdb.Find(mac) is not null)
        {
            return Refused("File exists");
        }

        switch (state)
        {
            case "static":
                fdb.Add(mac, port);
                break;
            case "dynamic":
                fdb.AddDynamic(mac, port);
                break;
            default:
                fdb.AddPermanent(mac, port);
                break;
        }

        return CommandResult.Success;
    }

    private static CommandResult Refused(string why) => CommandResult.Failure(255, $"RTNETLINK answers: {why}");

    private static void Print(
        IpPrinter printer, IpContext context, BridgeDevice owner, FdbEntry entry, NetDevice device, string state, bool namesDevice)
    {
        printer.OpenObject();
        printer.Any("mac", entry.Mac.ToString(), entry.Mac.ToString());
        if (namesDevice)
        {
            printer.Any("ifname", device.Name, $" dev {device.Name}");
        }

        printer.Text(" ");
        if (context.Options.Statistics > 0)
        {
            SimTime now = context.Namespace.Node.Now;
            long age = entry.IsLocal || entry.IsStatic ? 0 : (now - entry.Updated).Milliseconds / 1000;
            printer.Member("used", age);
            printer.Member("updated", age);
            printer.Text($"used {age}/{age} ");
        }

        printer.OpenArray("flags");
        printer.CloseArray();
        printer.Any("master", owner.Name, $"master {owner.Name} ");
        printer.Any("state", state, state);
        printer.Text("\n");
        printer.CloseObject();
    }
}
