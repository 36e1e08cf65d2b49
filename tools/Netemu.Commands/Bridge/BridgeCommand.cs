using System.Collections.Immutable;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Bridge;

/// <summary>bridge of iproute2: ports (link) and forwarding databases (fdb).</summary>
public sealed class BridgeCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["bridge"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse("""
        -V -Version -d -details -s -stats -statistics -j -json -p -pretty -n=NETNS -netns=NETNS -o -oneline -c -color
        bridge: link fdb vlan help
        link: set show lst list help
        link set: dev=DEVICE cost=COST priority=PRIORITY state=STATE hairpin=on|off learning=on|off flood=on|off mcast_flood=on|off bcast_flood=on|off isolated=on|off self master
        link show: dev=DEVICE master=DEVICE
        fdb: add append replace delete show lst list help
        fdb add: dev=DEVICE self master local permanent static dynamic dst=ADDRESS vni=VNI port=PORT via=DEVICE vlan=VLAN
        fdb show: br=BRIDGE brport=DEVICE dev=DEVICE state=STATE dynamic
        vlan: add delete show lst list help
        vlan add: dev=DEVICE vid=VLAN pvid untagged self master
        vlan show: dev=DEVICE vid=VLAN
        """);

    public CommandJob Start(CommandInvocation invocation) => CommandJob.Completed(Run(invocation));

    private CommandResult Run(CommandInvocation invocation)
    {
        IpOptions options = new();
        NetworkNamespace space = invocation.Namespace;
        ImmutableArray<string> words = invocation.Arguments;
        int position = 0;
        for (; position < words.Length && words[position].StartsWith('-'); position++)
        {
            switch (words[position])
            {
                case "-d" or "-details":
                    options = options with { Details = true };
                    break;
                case "-s" or "-stats" or "-statistics":
                    options = options with { Statistics = options.Statistics + 1 };
                    break;
                case "-j" or "-json":
                    options = options with { Json = true };
                    break;
                case "-p" or "-pretty":
                    options = options with { Pretty = true };
                    break;
                case "-o" or "-oneline":
                    options = options with { OneLine = true };
                    break;
                case "-V" or "-Version":
                    return CommandResult.Output("bridge utility, 6.1.0\n");
                case "-c" or "-color":
                    break;
                case "-n" or "-netns":
                    string name = position + 1 < words.Length ? words[++position] : string.Empty;
                    if (name.Length == 0 || space.Node.FindNamespace(name) is not { } named)
                    {
                        return CommandResult.Failure(255, $"Cannot open network namespace \"{name}\": No such file or directory");
                    }

                    space = named;
                    break;
                default:
                    return CommandResult.Failure(
                        255, $"Option \"{words[position]}\" is unknown, try \"bridge help\".{Grammar.Hint(string.Empty, words[position])}");
            }
        }

        return position == words.Length || words[position] == "help"
            ? CommandResult.Failure(255, $"Usage: bridge [ OPTIONS ] OBJECT {{ COMMAND | help }}\nwhere  OBJECT := {{ {string.Join(" | ", Grammar.In("bridge"))} }}")
            : Dispatch(invocation.In(space), options, words[position..]);
    }

    private CommandResult Dispatch(CommandInvocation invocation, IpOptions options, ImmutableArray<string> words)
    {
        string? found = Grammar.Expand("bridge", words[0]);
        if (found is null or "help")
        {
            return CommandResult.Failure(255, $"Object \"{words[0]}\" is unknown, try \"bridge help\".{Grammar.Hint("bridge", words[0])}");
        }

        string verb = words.Length > 1 ? words[1] : "show";
        string? expanded = Grammar.Expand(found, verb);
        if (expanded is null or "help")
        {
            return CommandResult.Failure(255, $"Command \"{verb}\" is unknown, try \"bridge {found} help\".{Grammar.Hint(found, verb)}");
        }

        IpContext context = new(
            invocation, options, Grammar, new IpArguments(invocation.Namespace, words.Length > 1 ? words[2..] : []));
        return (found, expanded) switch
        {
            ("link", "set") => SetPort(context),
            ("link", _) => ShowPorts(context),
            ("fdb", "add" or "append" or "replace" or "delete") => FdbObject.Modify(context, expanded),
            ("vlan", "add" or "delete") => VlanObject.Modify(context, expanded),
            ("vlan", _) => VlanObject.Show(context),
            _ => FdbObject.Show(context),
        };
    }

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
        if (LinkText.LinkedHere(device) is { } here)
        {
            printer.Member("link", here.Name);
        }
        else if (LinkText.LinkedTo(device) is { } there)
        {
            printer.Member("link_index", there.Index);
        }

        printer.Any("ifname", device.Name, $"{LinkText.FullName(device)}: ");
        LinkText.PrintFlags(printer, device, "<", "> ");
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
                ("hairpin", port.Hairpin), ("guard", false), ("root_block", false), ("fastleave", false), ("learning", port.Learning),
                ("flood", port.Flood), ("mcast_flood", port.MulticastFlood), ("bcast_flood", port.BroadcastFlood),
            })
            {
                PrintSwitch(printer, key, value);
            }

            printer.Any("mcast_router", 1, "mcast_router 1 ");
            foreach ((string key, bool value) in new[]
            {
                ("mcast_to_unicast", false), ("neigh_suppress", false), ("vlan_tunnel", false), ("isolated", port.Isolated), ("locked", false),
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
