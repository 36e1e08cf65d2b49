using System;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>ip rule (ip/iprule.c): the rules of policy routing.</summary>
internal sealed class RuleObject : IIpObject
{
    public string Name => "rule";

    public string HelpName => "rule";

    public CommandJob Run(IpContext context, string verb) => CommandJob.Completed(
        IsIPv6(context) ? Run<IPv6Address>(context, verb) : Run<IPv4Address>(context, verb));

    private static bool IsIPv6(IpContext context)
    {
        // As iproute2 does: the family of -4 or -6, else that of the first address given.
        bool colon = context.Arguments.Rest().Any(w => w.Contains(':', StringComparison.Ordinal));
        return context.Options.Family == AddressFamily.IPv6 || (context.Options.Family is null && colon);
    }

    private static CommandResult Run<TAddress>(IpContext context, string verb)
        where TAddress : struct, IIPAddress<TAddress> => verb switch
        {
            "add" or "delete" => Modify<TAddress>(context, verb),
            "flush" => Flush<TAddress>(context),
            _ => Show<TAddress>(context),
        };

    private static CommandResult Show<TAddress>(IpContext context)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (!context.Arguments.AtEnd)
        {
            string word = context.Arguments.Peek;
            return CommandResult.Failure(255, $"Error: argument \"{word}\" is wrong: invalid dst prefix\n");
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        foreach (RoutingRule<TAddress> rule in FamilyView<TAddress>.Of(context.Namespace).Routes.Rules)
        {
            // IPv6 has no default table.
            if (FamilyView<TAddress>.IsIPv6 && rule is { Table: RouteTable<TAddress>.DefaultId, Priority: 32767 })
            {
                continue;
            }

            printer.OpenObject();
            Print(printer, rule, context);
            printer.CloseObject();
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    private static void Print<TAddress>(IpPrinter printer, RoutingRule<TAddress> rule, IpContext context)
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
        if (rule.Type == RouteType.Unicast)
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

        printer.Text("\n");
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

    private static CommandResult Modify<TAddress>(IpContext context, string verb)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (context.Arguments.AtEnd)
        {
            return CommandResult.Failure(1, $"\"ip rule {(verb == "add" ? "add" : "del")}\" requires arguments.");
        }

        RuleRequest<TAddress> request = new();
        while (!context.Arguments.AtEnd)
        {
            request.Take(context.Arguments.Take(), context);
        }

        if (context.Arguments.Error is not null)
        {
            return context.Arguments.Error;
        }

        RoutingTables<TAddress> routes = FamilyView<TAddress>.Of(context.Namespace).Routes;
        if (verb == "delete")
        {
            return routes.RemoveRule(request.Matches) ? CommandResult.Success : RtnetlinkError.NoSuchEntry;
        }

        RoutingRule<TAddress> rule = request.ToRule(routes.Rules);
        if (routes.Rules.Contains(rule))
        {
            return RtnetlinkError.FileExists;
        }

        routes.AddRule(rule);
        return CommandResult.Success;
    }

    private static CommandResult Flush<TAddress>(IpContext context)
        where TAddress : struct, IIPAddress<TAddress>
    {
        RoutingTables<TAddress> routes = FamilyView<TAddress>.Of(context.Namespace).Routes;
        while (routes.RemoveRule(r => r.Priority > 0))
        {
        }

        return CommandResult.Success;
    }
}
