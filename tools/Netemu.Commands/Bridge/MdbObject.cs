using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;

namespace Netemu.Commands.Bridge;

/// <summary>
/// bridge mdb: the groups that ports have joined. The bridges here do not look at group memberships (mcast_snooping is 0 and stays it), so
/// that there are none to show and the kernel's answer to new ones is its answer to a bridge like that.
/// </summary>
internal static class MdbObject
{
    public static CommandResult Show(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "dev":
                    arguments.Device();
                    break;
                case "vid":
                    arguments.Number("invalid vid");
                    break;
                default:
                    arguments.Fail(255, $"\"{word}\" is no word of \"bridge mdb show\".{context.Hint("mdb show", word)}");
                    break;
            }
        }

        if (arguments.Error is { } error)
        {
            return error with { Exit = 255 };
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        printer.OpenObject();
        printer.OpenArray("mdb");
        printer.CloseArray();
        printer.OpenObject("router");
        printer.CloseObject();
        printer.CloseObject();
        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    public static CommandResult Modify(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        NetDevice? bridge = null;
        NetDevice? port = null;
        string? group = null;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "dev":
                    bridge = arguments.Device();
                    break;
                case "port":
                    port = arguments.Device();
                    break;
                case "grp":
                    group = arguments.Value();
                    break;
                case "src" or "vid":
                    arguments.Value();
                    break;
                case "permanent" or "temp":
                    break;
                default:
                    arguments.Fail(255, $"\"{word}\" is no word of \"bridge mdb add\".{context.Hint("mdb add", word)}");
                    break;
            }
        }

        if (arguments.Error is { } error)
        {
            return error with { Exit = 255 };
        }

        if (bridge is null || port is null || group is null)
        {
            return CommandResult.Failure(255, "Device, group address and port name are required arguments.");
        }

        string why = Wrong(group) ?? (bridge is not BridgeDevice ? "Error: Device does not support MDB operations."
            : !bridge.IsUp ? "Error: bridge: Bridge device is not running."
            : "Error: bridge: Bridge's multicast processing is disabled.\nhint: bridges flood to every port here, whatever group it has joined");
        return CommandResult.Failure(255, why);
    }

    /// <summary>Why it can't be the address of a group's entry (rtnl_validate_mdb_entry), or null.</summary>
    private static string? Wrong(string group)
    {
        if (MacAddress.TryParse(group, out MacAddress mac))
        {
            return mac.IsMulticast ? null : "Error: L2 entry group is not multicast.";
        }

        if (!InternetAddress.TryParse(group, out InternetAddress address))
        {
            return $"\"{group}\" is invalid lladdr.\nInvalid address \"{group}\"";
        }

        if (address.IsIPv6)
        {
            return address.IPv6 == IPv6Address.Parse("ff02::1") ? "Error: IPv6 entry group address is link-local all nodes." : null;
        }

        // 224.0.0.0/24 never leaves its link (RFC 5771 section 4).
        return address.IPv4.Value >> 8 == 0xE0_00_00 ? "Error: IPv4 entry group address is local multicast."
            : address.IPv4.IsMulticast || address.IsUnspecified ? null
            : "Error: IPv4 entry group address is not multicast or 0.0.0.0.";
    }
}
