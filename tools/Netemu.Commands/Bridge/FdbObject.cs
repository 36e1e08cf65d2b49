using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Vxlan;
using Netemu.Engine.Sockets;

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
        int? vlan = null;
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
                case "vlan":
                    vlan = Vlan(arguments);
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
                string shown = entry.IsLocal ? "permanent" : entry.IsStatic ? "static" : owner.Fdb.IsStale(entry) ? "stale" : string.Empty;
                if ((port is null || ReferenceEquals(device, port)) && (state is null || shown == state) && (vlan is null || entry.Vlan == vlan)
                    && !(dynamicOnly && (entry.IsLocal || entry.IsStatic)))
                {
                    Print(printer, context, owner, entry, device, shown, namesDevice: port is null);
                }
            }
        }

        foreach (VxlanDevice device in context.Namespace.Devices.OfType<VxlanDevice>())
        {
            if (bridge is null && vlan is null && (port is null || ReferenceEquals(device, port)))
            {
                VxlanFdbText.Print(printer, context, device, state, dynamicOnly, namesDevice: port is null);
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
        VxlanRemote remote = new(default);
        int vlan = 0;
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
                case "dst":
                    string destination = arguments.Value();
                    if (!InternetAddress.TryParse(destination, out InternetAddress address))
                    {
                        arguments.Fail(1, $"Error: any valid address is expected rather than \"{destination}\".");
                    }

                    remote = remote with { Address = address };
                    break;
                case "port":
                    remote = remote with { Port = (ushort)arguments.Number("invalid port\n") };
                    break;
                case "vni":
                    remote = remote with { Vni = (int)arguments.Number("invalid VNI\n") };
                    break;
                case "via":
                    remote = remote with { Device = arguments.Device() };
                    break;
                case "vlan":
                    vlan = Vlan(arguments);
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

        if (!toMaster && device is VxlanDevice vxlan)
        {
            return ModifyVxlan(vxlan, mac, verb, state, remote);
        }

        BridgePort? port = (device.Master as BridgeDevice)?.FindPort(device);
        if (!toMaster || port is null)
        {
            // "self" is the device's own filter of addresses, which no other device here has.
            return Refused("Operation not supported");
        }

        return verb == "delete" ? Delete(port, mac, vlan) : Add(port, mac, verb, state, vlan);
    }

    private static CommandResult ModifyVxlan(VxlanDevice device, MacAddress mac, string verb, string word, VxlanRemote remote)
    {
        VxlanFdbState state = word switch
        {
            "static" => VxlanFdbState.Static,
            "dynamic" => VxlanFdbState.Reachable,
            _ => VxlanFdbState.Permanent,
        };
        if (verb != "delete" && remote.Address.IsNone)
        {
            return Refused("Invalid argument");
        }

        Errno error = verb switch
        {
            "delete" => device.Fdb.Remove(mac, remote.Address.IsNone ? null : remote),
            "append" => device.Fdb.Append(mac, remote, state),
            "replace" => device.Fdb.Replace(mac, remote, state),
            _ => device.Fdb.Add(mac, remote, state),
        };
        return error switch
        {
            Errno.None => CommandResult.Success,
            Errno.EOPNOTSUPP => CommandResult.Failure(255, "Error: Cannot replace non-unicast fdb entries."),
            _ => Refused(RtnetlinkError.Describe(error)),
        };
    }

    private static CommandResult Delete(BridgePort port, MacAddress mac, int vlan) =>
        ReferenceEquals(port.Bridge.Fdb.Find(mac, vlan)?.Port, port) && port.Bridge.Fdb.Remove(mac, vlan)
            ? CommandResult.Success
            : Refused("No such file or directory");

    private static CommandResult Add(BridgePort port, MacAddress mac, string verb, string state, int vlan)
    {
        if (mac.IsZero || mac.IsMulticast)
        {
            return Refused("Invalid argument");
        }

        if (state == "dynamic" && port.State is not (BridgePortState.Learning or BridgePortState.Forwarding))
        {
            // "If the port cannot learn allow only local and static entries" (fdb_add_entry).
            return Refused("Operation not permitted");
        }

        ForwardingDatabase fdb = port.Bridge.Fdb;
        if (verb == "add" && fdb.Find(mac, vlan) is not null)
        {
            return Refused("File exists");
        }

        switch (state)
        {
            case "static":
                fdb.Add(mac, port, vlan);
                break;
            case "dynamic":
                fdb.AddDynamic(mac, port, vlan);
                break;
            default:
                fdb.AddPermanent(mac, port, vlan);
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
        printer.CloseArray();
        printer.Any("master", owner.Name, $"master {owner.Name} ");
        printer.Any("state", state, state);
        printer.Text("\n");
        printer.CloseObject();
    }

    private static int Vlan(IpArguments arguments)
    {
        string text = arguments.Value();
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int vlan))
        {
            arguments.Fail(255, "Error: invalid vlan id.");
        }

        return vlan;
    }
}
