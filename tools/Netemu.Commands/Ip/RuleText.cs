using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Text;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>One rule as `ip rule show` prints it (print_rule of ip/iprule.c).</summary>
internal static class RuleText
{
    public static void Print<TAddress>(
        IpPrinter printer, RoutingRule<TAddress> rule, IpContext context, IReadOnlyList<RoutingRule<TAddress>> all)
        where TAddress : struct, IIPAddress<TAddress>
    {
        printer.Any("priority", rule.Priority, $"{rule.Priority}:\t");
        if (rule.Inverted)
        {
            printer.MemberNull("not");
            printer.Text("not ");
        }

        PrintPrefix(printer, "src", "from", rule.From, isAlways: true);
        PrintPrefix(printer, "dst", " to", rule.To, isAlways: false);
        if (rule.TypeOfService is { } tos)
        {
            printer.Any("tos", $"0x{tos:x}", $" tos 0x{tos:x2}");
        }

        if (rule.MarkMask != 0)
        {
            printer.Any("fwmark", $"0x{rule.Mark:x}", $" fwmark 0x{rule.Mark:x}");
            if (rule.MarkMask != uint.MaxValue)
            {
                printer.Any("fwmask", $"0x{rule.MarkMask:x}", $"/0x{rule.MarkMask:x}");
            }
        }

        PrintDevice(printer, "iif", rule.InputDevice, context);
        PrintDevice(printer, "oif", rule.OutputDevice, context);
        PrintTransport(printer, rule);
        if (rule.GotoPriority is { } target)
        {
            printer.Any("goto", target, $" goto {target}");
            if (!all.Any(r => r.Priority == target))
            {
                printer.MemberNull("unresolved");
                printer.Text(" [unresolved]");
            }
        }
        else if (rule.IsNop)
        {
            printer.MemberNull("nop");
            printer.Text(" nop");
        }
        else if (rule.Type == RouteType.Unicast)
        {
            string table = RouteNames.OfTable(rule.Table);
            printer.Any("table", table, $" lookup {table}");
            if (rule.SuppressPrefixLength >= 0)
            {
                printer.Any("suppress_prefixlen", rule.SuppressPrefixLength, $" suppress_prefixlength {rule.SuppressPrefixLength}");
            }
        }
        else
        {
            string action = RouteNames.OfType(rule.Type);
            printer.Any("action", action, $" {action}");
        }

        if (context.Options.Details || (rule.Protocol != RouteProtocol.Unspecified && rule.Protocol != RouteProtocol.Kernel))
        {
            // fib_default_rules_init: the three rules that a namespace begins with are the kernel's.
            bool isFirst = rule is { From: null, To: null, Priority: 0 or 32766 or 32767, Protocol: RouteProtocol.Unspecified };
            string protocol = RouteNames.OfProtocol(isFirst ? RouteProtocol.Kernel : rule.Protocol);
            printer.Any("protocol", protocol, $" proto {protocol}");
        }

        printer.Text("\n");
    }

    private static void PrintTransport<TAddress>(IpPrinter printer, RoutingRule<TAddress> rule)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (rule.IPProtocol is { } protocol)
        {
            string name = ProtocolNames.Text((IPProtocol)protocol);
            printer.Any("ipproto", name, $" ipproto {name}");
        }

        PrintPorts(printer, "sport", rule.SourcePorts);
        PrintPorts(printer, "dport", rule.DestinationPorts);
    }

    private static void PrintPorts(IpPrinter printer, string key, (ushort First, ushort Last)? range)
    {
        if (range is not { } ports)
        {
            return;
        }

        if (ports.First == ports.Last)
        {
            printer.Any(key, ports.First, $" {key} {ports.First}");
            return;
        }

        printer.Member($"{key}_start", ports.First);
        printer.Member($"{key}_end", ports.Last);
        printer.Text($" {key} {ports.First}-{ports.Last}");
    }

    private static void PrintPrefix<TAddress>(IpPrinter printer, string key, string word, Prefix<TAddress>? prefix, bool isAlways)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (prefix is not { } given)
        {
            if (isAlways)
            {
                printer.Any(key, "all", $"{word} all");
            }

            return;
        }

        bool isHost = given.Length == TAddress.Bits;
        printer.Any(key, given.Address.ToString()!, isHost ? $"{word} {given.Address}" : $"{word} {given}");
        if (!isHost)
        {
            printer.Member($"{key}len", given.Length);
        }
    }

    private static void PrintDevice(IpPrinter printer, string key, string? device, IpContext context)
    {
        if (device is null)
        {
            return;
        }

        bool isDetached = context.Namespace.FindDevice(device) is null;
        printer.Any(key, device, $" {key} {device}{(isDetached ? " [detached]" : string.Empty)}");
        if (isDetached)
        {
            printer.MemberNull($"{key}_detached");
        }
    }
}
