using System.Globalization;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
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
        FdbShow show = new(context, printer) { Bridge = bridge, Device = port, State = state, IsDynamic = dynamicOnly, Vlan = vlan };
        foreach (NetDevice device in context.Namespace.Devices)
        {
            show.Print(device);
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    /// <summary>bridge fdb get: one entry by its address and the bridge, or the device that leads there.</summary>
    public static CommandResult Get(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        NetDevice? device = null;
        string? text = null;
        int vlan = 0;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "br" or "brport" or "dev":
                    string name = arguments.Value();
                    device = context.Namespace.FindDevice(name);
                    if (device is null)
                    {
                        arguments.Fail(255, $"Cannot find {(word == "dev" ? string.Empty : "bridge ")}device \"{name}\"");
                    }

                    break;
                case "vlan":
                    vlan = Vlan(arguments);
                    break;
                case "self" or "master" or "dynamic":
                    break;
                default:
                    text = word == "to" ? arguments.Value() : word;
                    break;
            }
        }

        if (arguments.Error is { } error)
        {
            return error;
        }

        if (device is null || text is null)
        {
            return CommandResult.Failure(255, "Device or master and address are required arguments.");
        }

        if (!MacAddress.TryParse(text, out MacAddress mac))
        {
            return CommandResult.Failure(255, $"Invalid mac address {text}");
        }

        if ((device as BridgeDevice ?? device.Master as BridgeDevice) is not { } owner)
        {
            return CommandResult.Failure(254, "Error: Device is not a bridge port.");
        }

        if (owner.Fdb.Find(mac, vlan) is not { } entry)
        {
            return CommandResult.Failure(254, "Error: Fdb entry not found.");
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        new FdbShow(context, printer).Print(owner, entry);
        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    public static CommandResult Modify(IpContext context, string verb)
    {
        IpArguments arguments = context.Arguments;
        string? text = null;
        NetDevice? device = null;
        bool toMaster = false;
        bool toSelf = false;
        bool sticky = false;
        bool external = false;
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
                    toSelf = true;
                    break;
                case "sticky":
                    sticky = true;
                    break;
                case "extern_learn":
                    external = true;
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

        if (device is BridgeDevice own && (toSelf || !toMaster))
        {
            return ModifyOwn(own, mac, verb, state, vlan);
        }

        BridgePort? port = (device.Master as BridgeDevice)?.FindPort(device);
        if (!toMaster || port is null)
        {
            // "self" is the device's own filter of addresses, which no other device here has.
            return Refused("Operation not supported");
        }

        return verb == "delete" ? Delete(port, mac, vlan) : Add(port, mac, verb, state, vlan, sticky, external);
    }

    /// <summary>An address of the bridge itself (br_fdb_add without a port): only one for good.</summary>
    private static CommandResult ModifyOwn(BridgeDevice bridge, MacAddress mac, string verb, string state, int vlan)
    {
        FdbEntry? present = bridge.Fdb.Find(mac, vlan);
        if (verb == "delete")
        {
            return present is { Port: null } && bridge.Fdb.Remove(mac, vlan) ? CommandResult.Success : Refused("No such file or directory");
        }

        if (mac.IsZero || state != "permanent")
        {
            return Refused("Invalid argument");
        }

        if (verb == "add" && present is not null)
        {
            return Refused("File exists");
        }

        bridge.Fdb.AddPermanent(mac, null, vlan);
        return CommandResult.Success;
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

    private static CommandResult Add(BridgePort port, MacAddress mac, string verb, string state, int vlan, bool sticky, bool external)
    {
        // A sticky entry is nobody's own (fdb_add_entry).
        if (mac.IsZero || (sticky && state == "permanent"))
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
                fdb.Add(mac, port, vlan, sticky, external);
                break;
            case "dynamic":
                fdb.AddDynamic(mac, port, vlan, sticky, external);
                break;
            default:
                fdb.AddPermanent(mac, port, vlan);
                break;
        }

        return CommandResult.Success;
    }

    private static CommandResult Refused(string why) => CommandResult.Failure(255, $"RTNETLINK answers: {why}");

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
