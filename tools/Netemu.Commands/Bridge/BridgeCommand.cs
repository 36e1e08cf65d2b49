using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;

namespace Netemu.Commands.Bridge;

/// <summary>bridge of iproute2: ports (link), forwarding databases (fdb), groups (mdb) and VLANs (vlan).</summary>
public sealed class BridgeCommand() : ObjectCommand("bridge", "bridge utility, 6.1.0", "bridge help", """
    -V -Version -d -details -s -stats -statistics -j -json -p -pretty -n=NETNS -netns=NETNS -o -oneline -c -color
    bridge: link fdb mdb vlan help
    link: set show lst list help
    link set: dev=DEVICE cost=COST priority=PRIORITY state=STATE hairpin=on|off learning=on|off flood=on|off mcast_flood=on|off bcast_flood=on|off isolated=on|off guard=on|off root_block=on|off locked=on|off self master
    link show: dev=DEVICE master=DEVICE
    fdb: add append replace delete flush show lst list get help
    fdb add: dev=DEVICE self master sticky extern_learn local permanent static dynamic dst=ADDRESS vni=VNI port=PORT via=DEVICE vlan=VLAN
    fdb flush: dev=DEVICE brport=DEVICE vlan=VLAN self master permanent nopermanent local nolocal static nostatic dynamic nodynamic added_by_user noadded_by_user extern_learn noextern_learn sticky nosticky offloaded nooffloaded
    fdb get: to=LLADDR br=BRIDGE brport=DEVICE dev=DEVICE vlan=VLAN
    fdb show: br=BRIDGE brport=DEVICE dev=DEVICE vlan=VLAN state=STATE dynamic
    mdb: add delete show lst list help
    mdb add: dev=DEVICE port=DEVICE grp=GROUP src=ADDRESS vid=VLAN permanent temp
    mdb show: dev=DEVICE vid=VLAN
    vlan: add delete set show lst list help
    vlan set: dev=DEVICE vid=VLAN state=STATE
    vlan add: dev=DEVICE vid=VLAN pvid untagged self master
    vlan show: dev=DEVICE vid=VLAN
    """)
{
    private protected override CommandResult Run(IpContext context, string found, string verb) => (found, verb) switch
    {
        ("link", "set") => SetPort(context),
        ("link", _) => ShowPorts(context),
        ("fdb", "add" or "append" or "replace" or "delete") => FdbObject.Modify(context, verb),
        ("fdb", "get") => FdbObject.Get(context),
        ("fdb", "flush") => FdbFlush.Run(context),
        ("mdb", "add" or "delete") => MdbObject.Modify(context),
        ("mdb", _) => MdbObject.Show(context),
        ("vlan", "add" or "delete") => VlanObject.Modify(context, verb),
        ("vlan", "set") => VlanObject.Set(context),
        ("vlan", _) => VlanObject.Show(context),
        _ => FdbObject.Show(context),
    };

    private static CommandResult SetPort(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        int at = arguments.Rest().IndexOf("dev");
        string name = at >= 0 && at + 1 < arguments.Rest().Length ? arguments.Rest()[at + 1] : string.Empty;
        if (name.Length == 0)
        {
            return CommandResult.Failure(255, "Device is a required argument.");
        }

        NetDevice? device = context.Namespace.FindDevice(name);
        if (device is null)
        {
            return CommandResult.Failure(255, $"Cannot find bridge device \"{name}\"");
        }

        BridgePort? port = (device.Master as BridgeDevice)?.FindPort(device);
        if (port is null)
        {
            return CommandResult.Failure(255, "RTNETLINK answers: Operation not supported");
        }

        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            if (word == "dev")
            {
                arguments.Take();
            }
            else if (word is not ("self" or "master") && !PortSwitches.TryTake(port, word, arguments)
                && !PortRequest.TryTake(port, word, arguments, exit: 255))
            {
                arguments.Fail(
                    255, $"Usage: bridge link set dev DEV [ {string.Join(" | ", context.Grammar.In("link set"))} ]{context.Hint("link set", word)}");
            }
        }

        return arguments.Error ?? CommandResult.Success;
    }

    private static CommandResult ShowPorts(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        NetDevice? only = null;
        NetDevice? master = null;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            if (word == "master")
            {
                master = arguments.Device();
            }
            else
            {
                only = word == "dev" ? arguments.Device() : arguments.FindDevice(word);
            }
        }

        if (arguments.Error is { } error)
        {
            return error with { Exit = 255 };
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        foreach (NetDevice device in context.Namespace.Devices)
        {
            if ((device.Master as BridgeDevice)?.FindPort(device) is { } port
                && (only is null || ReferenceEquals(device, only)) && (master is null || ReferenceEquals(device.Master, master)))
            {
                PrintPort(printer, port, context.Options);
            }
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    private static void PrintPort(IpPrinter printer, BridgePort port, IpOptions options)
    {
        NetDevice device = port.Device;
        string state = port.State.ToString().ToLowerInvariant();
        printer.OpenObject();
        printer.Any("ifindex", device.Index, $"{device.Index}: ");
        LinkText.PrintLinkMembers(printer, device, byIndex: true);
        printer.Any("ifname", device.Name, $"{LinkText.FullName(device, byIndex: true)}: ");
        LinkText.PrintFlags(printer, device, "<", "> ", byIndex: true);
        printer.Any("mtu", device.Mtu, $"mtu {device.Mtu} ");
        printer.Any("master", port.Bridge.Name, $"master {port.Bridge.Name} ");
        printer.Any("state", state, $"state {state} ");
        printer.Any("priority", port.Priority, $"priority {port.Priority} ");
        printer.Any("cost", port.Cost, $"cost {port.Cost} ");
        if (options.Details)
        {
            printer.Text(options.LineBreak + "    ");
            foreach ((string key, bool value) in new[]
            {
                ("hairpin", port.Hairpin), ("guard", port.BpduGuard), ("root_block", port.RootBlock), ("fastleave", false), ("learning", port.Learning),
                ("flood", port.Flood), ("mcast_flood", port.MulticastFlood), ("bcast_flood", port.BroadcastFlood),
            })
            {
                PrintSwitch(printer, key, value);
            }

            printer.Any("mcast_router", 1, "mcast_router 1 ");
            foreach ((string key, bool value) in new[]
            {
                ("mcast_to_unicast", false), ("neigh_suppress", false), ("vlan_tunnel", false), ("isolated", port.Isolated), ("locked", port.Locked),
            })
            {
                PrintSwitch(printer, key, value);
            }
        }

        printer.Text("\n");
        printer.CloseObject();
    }

    private static void PrintSwitch(IpPrinter printer, string key, bool value)
    {
        printer.Member(key, value);
        printer.Text($"{key} {(value ? "on" : "off")} ");
    }
}
