using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;

namespace Netemu.Commands.NetTools;

/// <summary>route of net-tools: show, add and del of IPv4 routes.</summary>
public sealed class RouteCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["route"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(
        """
        : -n -e -4 add del
        add: -net=TARGET -host=TARGET default gw=GATEWAY netmask=MASK metric=N dev=DEVICE reject mss=N window=N irtt=N
        del: -net=TARGET -host=TARGET default gw=GATEWAY netmask=MASK metric=N dev=DEVICE reject
        """);

    public CommandJob Start(CommandInvocation invocation) => CommandJob.Completed(Run(invocation));

    private CommandResult Run(CommandInvocation invocation)
    {
        ImmutableArray<string> words = invocation.Arguments;
        int at = 0;
        while (at < words.Length && words[at].StartsWith('-'))
        {
            if (words[at] is not ("-n" or "-e" or "-ne" or "-en" or "-4"))
            {
                return Usage($"route: invalid option -- '{words[at].TrimStart('-')}'{Grammar.Hint(string.Empty, words[at])}");
            }

            at++;
        }

        if (at == words.Length)
        {
            return CommandResult.Output(RouteTable.Describe(invocation.Namespace, netstat: false));
        }

        string verb = words[at];
        return verb is "add" or "del" ? Change(invocation, verb, words[(at + 1)..]) : Usage($"route: unknown word '{verb}'{Grammar.Hint(string.Empty, verb)}");
    }

    private CommandResult Change(CommandInvocation invocation, string verb, ImmutableArray<string> words)
    {
        string target = string.Empty;
        bool host = false;
        string? mask = null;
        string gateway = string.Empty;
        string device = string.Empty;
        string metric = string.Empty;
        bool reject = false;
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            string value = i + 1 < words.Length ? words[i + 1] : string.Empty;
            switch (word)
            {
                case "-net" or "-host":
                    host = word == "-host";
                    target = value;
                    i++;
                    break;
                case "gw" or "gateway":
                    gateway = value;
                    i++;
                    break;
                case "netmask":
                    mask = value;
                    i++;
                    break;
                case "dev":
                    device = value;
                    i++;
                    break;
                case "metric":
                    metric = value;
                    i++;
                    break;
                case "mss" or "window" or "irtt":
                    i++;
                    break;
                case "reject":
                    reject = true;
                    break;
                case var _ when target.Length == 0:
                    target = word;
                    break;
                case var _ when i == words.Length - 1 && invocation.Namespace.FindDevice(word) is not null:
                    device = word;
                    break;
                default:
                    return Usage($"route: unknown word '{word}'{Grammar.Hint(verb, word)}");
            }
        }

        if (PrefixOf(target, mask, host) is not { } prefix)
        {
            return target.Length == 0 ? Usage("route: a target is needed") : CommandResult.Failure(6, $"route: {target}: Unknown host");
        }

        return IpCall.Run(
            invocation,
            verb == "add" ? "SIOCADDRT" : "SIOCDELRT",
            "route", verb, reject ? "unreachable" : string.Empty, prefix,
            gateway.Length > 0 ? "via" : string.Empty, gateway,
            device.Length > 0 ? "dev" : string.Empty, device,
            metric.Length > 0 ? "metric" : string.Empty, metric);
    }

    /// <summary>Without a mask, a network has its class's, and an address with host bits is a host.</summary>
    private static string? PrefixOf(string target, string? mask, bool host)
    {
        if (target is "default" or "0.0.0.0" && !host)
        {
            return "default";
        }

        if (target.Contains('/', StringComparison.Ordinal))
        {
            return InternetPrefix.TryParse(target, out InternetPrefix written) ? written.ToString() : null;
        }

        if (!IPv4Address.TryParse(target, out IPv4Address address))
        {
            return null;
        }

        if (mask is not null)
        {
            return IPv4Address.TryParse(mask, out IPv4Address bits)
                ? string.Create(CultureInfo.InvariantCulture, $"{address}/{BitOperations.PopCount(bits.Value)}")
                : null;
        }

        int length = host ? 32 : (address.Value >> 24) switch { < 128 => 8, < 192 => 16, _ => 24 };
        bool hasHostBits = length < 32 && (address.Value << length) != 0;
        return string.Create(CultureInfo.InvariantCulture, $"{address}/{(hasHostBits ? 32 : length)}");
    }

    private static CommandResult Usage(string message) => CommandResult.Failure(
        4, $"{message}\nUsage: route [-n]                      List the kernel's routing table\n       route {{add|del}} [-net|-host] target [netmask Nm] [gw Gw] [metric N] [[dev] If]");
}
