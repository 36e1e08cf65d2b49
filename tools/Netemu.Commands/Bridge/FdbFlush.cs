using System.Linq;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Vxlan;

namespace Netemu.Commands.Bridge;

/// <summary>
/// bridge fdb flush: forgets the entries of a bridge, a port (`master`) or a VXLAN that the words describe, also those of its own
/// addresses and, of a VXLAN, the default destination (br_fdb_delete_bulk, vxlan_fdb_delete_bulk).
/// </summary>
internal static class FdbFlush
{
    public static CommandResult Run(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        Request request = new();
        string? name = null;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "dev":
                    name = arguments.Value();
                    break;
                case "brport":
                    request.Port = Port(arguments);
                    break;
                case "vlan":
                    request.Vlan = Vlan(arguments);
                    break;
                case "self":
                    break;
                case "master":
                    request.ToMaster = true;
                    break;
                default:
                    if (!request.TryTake(word))
                    {
                        arguments.Fail(255, $"\"{word}\" is no word of \"bridge fdb flush\".{context.Hint("fdb flush", word)}");
                    }

                    break;
            }
        }

        if (arguments.Error is { } error)
        {
            return error with { Exit = 255 };
        }

        return name is null ? CommandResult.Failure(255, "Device is a required argument.")
            : context.Namespace.FindDevice(name) is not { } device ? CommandResult.Failure(255, $"Cannot find bridge device \"{name}\"")
            : Flush(device, request);
    }

    private static CommandResult Flush(NetDevice device, Request request)
    {
        if (request.ToMaster)
        {
            // As said to the bridge of a port: what is behind that port.
            request.Port ??= device;
            return device.Master is BridgeDevice master ? Flush(master, request) : Refused("RTNETLINK answers: Operation not supported");
        }

        return device switch
        {
            BridgeDevice bridge => Flush(bridge, request),
            VxlanDevice vxlan => Flush(vxlan, request),
            _ => Refused("RTNETLINK answers: Operation not supported"),
        };
    }

    private static CommandResult Flush(BridgeDevice bridge, Request request)
    {
        if (request.Port is { } port && !ReferenceEquals(port, bridge) && !ReferenceEquals(port.Master, bridge))
        {
            return Refused(port is BridgeDevice || port.Master is BridgeDevice
                ? "Error: bridge: Flush device does not belong to this bridge."
                : "Error: bridge: Flush device is not a bridge or bridge port.");
        }

        foreach (FdbEntry entry in bridge.Fdb.Entries().ToArray())
        {
            // What is permanent on a bridge does not age either: it is static too.
            if ((request.Port is null || ReferenceEquals(entry.Port?.Device ?? bridge, request.Port))
                && (request.Vlan == 0 || entry.Vlan == request.Vlan)
                && request.Accepts(entry.IsLocal, entry.IsLocal || entry.IsStatic, entry.IsByHand))
            {
                bridge.Fdb.Remove(entry.Mac, entry.Vlan);
            }
        }

        return CommandResult.Success;
    }

    private static CommandResult Flush(VxlanDevice device, Request request)
    {
        if (request.Port is not null || request.Vlan != 0)
        {
            return Refused("Error: Unsupported attribute.");
        }

        foreach (VxlanFdbEntry entry in device.Fdb.Entries().ToArray())
        {
            if (request.Accepts(entry.State == VxlanFdbState.Permanent, entry.State == VxlanFdbState.Static, isByHand: false))
            {
                device.Fdb.Remove(entry.Mac);
            }
        }

        return CommandResult.Success;
    }

    private static NetDevice? Port(IpArguments arguments)
    {
        string name = arguments.Value();
        NetDevice? port = arguments.Namespace.FindDevice(name);
        if (port is null)
        {
            arguments.Fail(255, $"Cannot find bridge port device \"{name}\"");
        }

        return port;
    }

    private static int Vlan(IpArguments arguments)
    {
        string text = arguments.Value();
        bool isNumber = int.TryParse(text, out int vlan);
        if (arguments.Error is null && isNumber && vlan > BridgeVlanSet.Last + 1)
        {
            arguments.Fail(255, $"Invalid VLAN ID \"{text}\"");
        }
        else if (vlan is < 1 or > BridgeVlanSet.Last)
        {
            arguments.Fail(255, "Error: integer out of range.");
        }

        return vlan;
    }

    private static CommandResult Refused(string why) => CommandResult.Failure(255, why);

    /// <summary>Which entries are meant; a flag that nothing is said of may be either.</summary>
    private sealed class Request
    {
        private bool? _permanent;
        private bool? _static;
        private bool? _byHand;

        /// <summary>Nothing here is learned from outside, sticky or offloaded: who asks for such entries means none.</summary>
        private bool _none;

        public NetDevice? Port { get; set; }

        public int Vlan { get; set; }

        public bool ToMaster { get; set; }

        /// <summary>Takes a word for a kind of entry, as bridge/fdb.c turns it into states and their mask.</summary>
        public bool TryTake(string word)
        {
            switch (word)
            {
                case "permanent" or "local":
                    _permanent = true;
                    return true;
                case "nopermanent" or "nolocal":
                    _permanent = false;
                    return true;
                case "static":
                    _static = true;
                    _permanent ??= false;
                    return true;
                case "nostatic":
                    _static = false;
                    return true;
                case "dynamic":
                    (_permanent, _static) = (false, false);
                    return true;
                case "nodynamic":
                    _static = true;
                    return true;
                case "added_by_user":
                    _byHand = true;
                    return true;
                case "noadded_by_user":
                    _byHand = false;
                    return true;
                case "extern_learn" or "sticky" or "offloaded":
                    _none = true;
                    return true;
                default:
                    return word is "noextern_learn" or "nosticky" or "nooffloaded";
            }
        }

        public bool Accepts(bool isPermanent, bool isStatic, bool isByHand) =>
            !_none && (_permanent ?? isPermanent) == isPermanent && (_static ?? isStatic) == isStatic && (_byHand ?? isByHand) == isByHand;
    }
}
