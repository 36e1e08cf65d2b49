using System.Collections.Generic;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>Tables as `iptables -L` shows them, with -n, -v, -x and --line-numbers (iptables 1.8.9).</summary>
public static class TableListing
{
    public static string List(
        PacketFilter filter, AddressFamily family, TableName table, ListingOptions options, string? only = null)
    {
        StringBuilder text = new();
        List<Chain> chains = [.. TableText.Chains(filter, family, table)];
        foreach (Chain chain in chains.Where(chain => only is null || chain.Name == only))
        {
            if (options.Only is null)
            {
                text.Append(text.Length > 0 ? "\n" : string.Empty);
                WriteHeader(text, filter, family, table, chains, chain, options);
            }

            for (int i = 0; i < chain.Rules.Length; i++)
            {
                if (options.Only is { } wanted && wanted != i + 1)
                {
                    continue;
                }

                CounterValue counter = filter.Counter(family, table, chain.Name, i + 1);
                WriteRule(text, chain.Rules[i], family, options, i + 1, counter);
            }
        }

        return text.ToString();
    }

    private static void WriteHeader(
        StringBuilder text,
        PacketFilter filter,
        AddressFamily family,
        TableName table,
        List<Chain> chains,
        Chain chain,
        ListingOptions options)
    {
        CounterValue counter = filter.PolicyCounter(family, table, chain.Name);
        string counters = options.Verbose
            ? $" {Number(counter.Packets, options).Trim()} packets, {Number(counter.Bytes, options).Trim()} bytes"
            : string.Empty;
        text.Append(TableText.IsBase(table, chain.Name)
            ? $"Chain {chain.Name} (policy {TableText.Policy(chain)}{counters})\n"
            : $"Chain {chain.Name} ({References(chains, chain.Name)} references)\n");
        text.Append(options.LineNumbers ? "num  " : string.Empty);
        text.Append(options is { Verbose: true, Exact: true } ? "    pkts      bytes target     prot opt in     out     source               destination         \n"
            : options.Verbose ? " pkts bytes target     prot opt in     out     source               destination         \n"
            : "target     prot opt source               destination         \n");
    }

    private static int References(List<Chain> chains, string name) => chains.Sum(chain => chain.Rules.Count(rule =>
        rule.Target is RuleTarget.Jump jump && jump.Chain == name || rule.Target is RuleTarget.Goto other && other.Chain == name));

    private static void WriteRule(
        StringBuilder text, Rule rule, AddressFamily family, ListingOptions options, int number, CounterValue counter)
    {
        text.Append(options.LineNumbers ? $"{number,-4} " : string.Empty);
        if (options.Verbose)
        {
            text.Append($"{Number(counter.Packets, options)} {Number(counter.Bytes, options)} ");
        }

        RuleMatch.Protocol? protocol = rule.Matches.OfType<RuleMatch.Protocol>().FirstOrDefault();
        RuleMatch.Fragment? fragment = rule.Matches.OfType<RuleMatch.Fragment>().FirstOrDefault();
        text.Append($"{TargetName(rule.Target),-9} {(protocol is { Negated: true } ? '!' : ' ')}{(options.Names ? ProtocolNames.Text(protocol?.Number ?? 0) : $"{(byte)(protocol?.Number ?? 0)}"),-4} ");
        text.Append($"{(fragment is { Negated: true } ? '!' : '-')}{(fragment is null ? '-' : 'f')} ");
        if (options.Verbose)
        {
            RuleMatch.Input? input = rule.Matches.OfType<RuleMatch.Input>().FirstOrDefault();
            RuleMatch.Output? output = rule.Matches.OfType<RuleMatch.Output>().FirstOrDefault();
            text.Append($" {(input is null ? "*" : Not(input.Negated) + input.Name),-6} ");
            text.Append($"{(output is null ? "*" : Not(output.Negated) + output.Name),-6} ");
        }

        RuleMatch.Source? source = rule.Matches.OfType<RuleMatch.Source>().FirstOrDefault();
        RuleMatch.Destination? destination = rule.Matches.OfType<RuleMatch.Destination>().FirstOrDefault();
        text.Append($"{(source is { Negated: true } ? '!' : ' ')}{Prefix(source?.Prefix, family, options),-19} ");
        text.Append($"{(destination is { Negated: true } ? '!' : ' ')}{Prefix(destination?.Prefix, family, options),-19} ");
        text.Append(rule.Target is RuleTarget.Goto ? "[goto] " : string.Empty);
        text.Append(RuleDescription.Write(rule, family, options.Names));
        text.Append('\n');
    }

    private static string Not(bool negated) => negated ? "!" : string.Empty;

    private static string Prefix(InternetPrefix? prefix, AddressFamily family, ListingOptions options)
    {
        if (prefix is not InternetPrefix { Length: > 0 } given)
        {
            return options.Names ? "anywhere" : family == AddressFamily.IPv4 ? "0.0.0.0/0" : "::/0";
        }

        if (options.Names && given is { Length: 32, IsIPv4: true } && given.Address.IPv4 == IPv4Address.Loopback)
        {
            return "localhost";
        }

        return given.IsHost ? $"{given.Address}" : $"{given}";
    }

    /// <summary>xtables_print_num: five digits, or with a K, M or G rounded to four.</summary>
    private static string Number(long value, ListingOptions options)
    {
        if (options.Exact)
        {
            return $"{value,8}";
        }

        if (value <= 99_999)
        {
            return $"{value,5}";
        }

        foreach (char unit in "KMG")
        {
            value = (value + 500) / 1000;
            if (value <= 9999)
            {
                return $"{value,4}{unit}";
            }
        }

        return $"{(value + 500) / 1000,4}T";
    }

    private static string TargetName(RuleTarget? target) => target switch
    {
        null => string.Empty,
        RuleTarget.Jump jump => jump.Chain,
        RuleTarget.Goto jump => jump.Chain,
        RuleTarget.Accept => "ACCEPT",
        RuleTarget.Drop => "DROP",
        RuleTarget.Return => "RETURN",
        RuleTarget.Reject => "REJECT",
        RuleTarget.Log => "LOG",
        RuleTarget.NfLog => "NFLOG",
        RuleTarget.Mark => "MARK",
        RuleTarget.ConnectionMark or RuleTarget.SaveMark or RuleTarget.RestoreMark => "CONNMARK",
        RuleTarget.NoTrack { OldName: true } => "NOTRACK",
        RuleTarget.NoTrack => "CT",
        RuleTarget.Dnat => "DNAT",
        RuleTarget.Snat => "SNAT",
        RuleTarget.Masquerade => "MASQUERADE",
        RuleTarget.Redirect => "REDIRECT",
        RuleTarget.NetMap => "NETMAP",
        _ => "TCPMSS",
    };
}
