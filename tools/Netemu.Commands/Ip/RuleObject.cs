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
        RuleRequest<TAddress> filter = new();
        while (!context.Arguments.AtEnd)
        {
            filter.Take(context.Arguments.Take(), context);
        }

        if (context.Arguments.Error is not null)
        {
            return context.Arguments.Error;
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        foreach (RoutingRule<TAddress> rule in FamilyView<TAddress>.Of(context.Namespace).Routes.Rules)
        {
            // IPv6 has no default table.
            if ((FamilyView<TAddress>.IsIPv6 && rule is { Table: RouteTable<TAddress>.DefaultId, Priority: 32767 }) || !filter.Matches(rule))
            {
                continue;
            }

            printer.OpenObject();
            RuleText.Print(printer, rule, context, FamilyView<TAddress>.Of(context.Namespace).Routes.Rules);
            printer.CloseObject();
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
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
        if (request.Refusal(rule) is { } refused)
        {
            return refused;
        }

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
        RuleRequest<TAddress> filter = new();
        while (!context.Arguments.AtEnd)
        {
            filter.Take(context.Arguments.Take(), context);
        }

        if (context.Arguments.Error is not null)
        {
            return context.Arguments.Error;
        }

        RoutingTables<TAddress> routes = FamilyView<TAddress>.Of(context.Namespace).Routes;
        while (routes.RemoveRule(r => r.Priority > 0 && filter.Matches(r)))
        {
        }

        return CommandResult.Success;
    }
}
