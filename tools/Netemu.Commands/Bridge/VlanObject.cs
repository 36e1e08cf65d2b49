using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;

namespace Netemu.Commands.Bridge;

/// <summary>bridge vlan (bridge/vlan.c): the VLANs of bridge ports, and of bridges themselves with `self`.</summary>
internal static class VlanObject
{
    /// <summary>IFNAMSIZ, and two blanks, before each VLAN.</summary>
    private const int NameWidth = 18;

    public static CommandResult Modify(IpContext context, string verb)
    {
        IpArguments arguments = context.Arguments;
        NetDevice? device = null;
        (int First, int Last)? range = null;
        bool pvid = false;
        bool untagged = false;
        bool toSelf = false;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "dev":
                    device = arguments.Device();
                    break;
                case "vid":
                    range = Range(arguments);
                    break;
                case "pvid":
                    pvid = true;
                    break;
                case "untagged":
                    untagged = true;
                    break;
                case "self":
                    toSelf = true;
                    break;
                case "master":
                    break;
                default:
                    arguments.Fail(
                        255, $"Usage: bridge vlan {{ add | del }} vid VLAN_ID dev DEV [ pvid ] [ untagged ] [ self ] [ master ]{context.Hint("vlan add", word)}");
                    break;
            }
        }

        if (arguments.Error is { } error)
        {
            return error with { Exit = 255 };
        }

        if (device is null || range is not { } vlans)
        {
            return CommandResult.Failure(255, "Device and VLAN ID are required arguments.");
        }

        if (vlans.Last is < 1 or > BridgeVlanSet.Last || vlans.First < 1)
        {
            return CommandResult.Failure(255, $"Invalid VLAN ID \"{vlans.First}\"");
        }

        if (pvid && vlans.First != vlans.Last)
        {
            return CommandResult.Failure(255, "pvid cannot be configured for a vlan range");
        }

        BridgeDevice? bridge = toSelf ? device as BridgeDevice : device.Master as BridgeDevice;
        if (bridge is null)
        {
            return CommandResult.Failure(255, "RTNETLINK answers: Operation not supported");
        }

        BridgePort? port = toSelf ? null : bridge.FindPort(device);
        for (int vlan = vlans.First; vlan <= vlans.Last; vlan++)
        {
            if (verb == "add")
            {
                bridge.AddVlan(port, vlan, pvid, untagged);
            }
            else
            {
                bridge.RemoveVlan(port, vlan);
            }
        }

        return CommandResult.Success;
    }

    /// <summary>bridge vlan set vid VLAN dev DEV state STATE, by name or number (vlan_option_set).</summary>
    public static CommandResult Set(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        NetDevice? device = null;
        (int First, int Last)? range = null;
        BridgePortState? state = null;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "dev":
                    string name = arguments.Value();
                    device = context.Namespace.FindDevice(name);
                    if (device is null)
                    {
                        return CommandResult.Failure(255, $"Cannot find network device \"{name}\"");
                    }

                    break;
                case "vid":
                    range = Range(arguments);
                    break;
                case "state":
                    string text = arguments.Value();
                    bool isKnown = System.Enum.TryParse(text, ignoreCase: true, out BridgePortState value) && System.Enum.IsDefined(value);
                    if (!isKnown)
                    {
                        return CommandResult.Failure(255, "Error: invalid STP state");
                    }

                    state = value;
                    break;
                default:
                    arguments.Fail(255, $"Usage: bridge vlan set vid VLAN_ID dev DEV state STP_STATE{context.Hint("vlan set", word)}");
                    break;
            }
        }

        if (arguments.Error is { } error)
        {
            return error with { Exit = 255 };
        }

        if (device is null || range is not { } vlans)
        {
            return CommandResult.Failure(255, "Device and VLAN ID are required arguments.");
        }

        BridgeDevice? bridge = device as BridgeDevice ?? device.Master as BridgeDevice;
        BridgePort? port = device is BridgeDevice ? null : bridge?.FindPort(device);
        for (int vlan = vlans.First; vlan <= vlans.Last && state is not null; vlan++)
        {
            if (bridge is null || !bridge.SetVlanState(port, vlan, state.Value))
            {
                return CommandResult.Failure(
                    255, bridge is null ? "RTNETLINK answers: Operation not supported" : "RTNETLINK answers: No such file or directory");
            }
        }

        return CommandResult.Success;
    }

    public static CommandResult Show(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        NetDevice? only = null;
        int? vid = null;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            if (word == "vid")
            {
                vid = (int)arguments.Number("invalid vid");
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
        printer.Text($"{"port",-NameWidth}{"vlan-id",-9}\n");
        foreach (NetDevice device in context.Namespace.Devices.Where(d => only is null || ReferenceEquals(d, only)))
        {
            if ((device.Master as BridgeDevice)?.FindPort(device) is { Vlans: { } ofPort })
            {
                Print(printer, device, ofPort, vid, context.Options);
            }

            if (device is BridgeDevice { Vlans: { } own })
            {
                Print(printer, device, own, vid, context.Options);
            }
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    private static void Print(IpPrinter printer, NetDevice device, BridgeVlanSet vlans, int? only, IpOptions options)
    {
        int[] shown = [.. vlans.Members().Where(v => only is null || v == only)];
        if (shown.Length == 0)
        {
            return;
        }

        printer.OpenObject();
        printer.Any("ifname", device.Name, device.Name.PadRight(NameWidth));
        printer.OpenArray("vlans");
        for (int i = 0; i < shown.Length; i++)
        {
            printer.Text(i == 0 ? string.Empty : new string(' ', NameWidth));
            printer.OpenObject();
            printer.Any("vlan", shown[i], shown[i].ToString(CultureInfo.InvariantCulture));
            PrintFlags(printer, vlans, shown[i]);
            if (options.Details)
            {
                // The details of print_vlan_opts: the state, and the multicast router's default.
                string state = vlans.StateOf(shown[i]).ToString().ToLowerInvariant();
                printer.Text($"{options.LineBreak}{new string(' ', NameWidth + 2)}");
                printer.Any("state", state, $"state {state} ");
                printer.Any("mcast_router", 1, "mcast_router 1 ");
            }

            printer.CloseObject();
            printer.Text("\n");
        }

        printer.CloseArray();
        printer.CloseObject();
    }

    private static void PrintFlags(IpPrinter printer, BridgeVlanSet vlans, int vlan)
    {
        List<string> flags = [];
        if (vlans.Pvid == vlan)
        {
            flags.Add("PVID");
        }

        if (vlans.IsUntagged(vlan))
        {
            flags.Add("Egress Untagged");
        }

        if (flags.Count == 0)
        {
            return;
        }

        printer.OpenArray("flags");
        foreach (string flag in flags)
        {
            printer.Element(flag);
            printer.Text($" {flag}");
        }

        printer.CloseArray();
    }

    /// <summary>One VLAN, or "10-20".</summary>
    private static (int First, int Last) Range(IpArguments arguments)
    {
        string text = arguments.Value();
        string[] parts = text.Split('-');
        if (parts.Length > 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            || !int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
            || last < first)
        {
            arguments.Fail(255, $"Invalid VLAN range \"{text}\"");
            return default;
        }

        return (first, last);
    }
}
