using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>iptables and ip6tables: one command on one table.</summary>
public static class IptablesCommand
{
    private const string Version = "v1.8.9 (nf_tables)";

    /// <summary>Runs `iptables <paramref name="arguments"/>`.</summary>
    public static IptablesResult Run(PacketFilter filter, AddressFamily family, IReadOnlyList<string> arguments)
    {
        List<string> words = [.. arguments.SelectMany(Separate)];
        RemoveWait(words);
        TableName table = TableName.Filter;
        int place = words.FindIndex(word => word is "-t" or "--table");
        if (place >= 0)
        {
            if (place + 1 == words.Count)
            {
                return Misused(family, "option \"-t\" requires an argument");
            }

            if (!TableNames.TryParse(words[place + 1], out table))
            {
                return IptablesResult.Fail(
                    3, $"{Name(family)} {Version}: table '{words[place + 1]}' does not exist\nPerhaps {Name(family)} or your kernel needs to be upgraded.\n");
            }

            words.RemoveRange(place, 2);
        }

        if (words.Exists(word => word is "-V" or "--version"))
        {
            return IptablesResult.Ok($"{Name(family)} {Version}\n");
        }

        if (words.Exists(word => word is "-L" or "--list" or "-S" or "--list-rules"))
        {
            IptablesResult shown = Show(filter, family, table, words);
            if (shown.ExitCode == 0 && words.Exists(word => word is "-Z" or "--zero"))
            {
                filter.ZeroCounters(family, table, ListedChain(words));
            }

            return shown;
        }

        if (words.Count > 0 && words[0] is "-Z" or "--zero")
        {
            string? zeroed = words.Count > 1 ? words[1] : null;
            if (zeroed is not null && !TableText.Chains(filter, family, table).Any(c => c.Name == zeroed))
            {
                return Fail(family, 1, "No chain/target/match by that name.");
            }

            filter.ZeroCounters(family, table, zeroed);
            return IptablesResult.Ok();
        }

        TableDraft draft = new(filter, family, table, flush: false);
        if (words.Count > 1 && words[0] is "-C" or "--check")
        {
            string? bad = RuleParser.TryParse(family, words[2..], out ImmutableArray<Rule> rules);
            return bad is not null
                ? Misused(family, bad)
                : rules.All(rule => draft.Find(words[1], rule) >= 0)
                    ? IptablesResult.Ok()
                    : Fail(family, 1, "Bad rule (does a matching rule exist in that chain?).");
        }

        string? error = Change(draft, family, words, default, out bool isMisused);
        if (error is not null)
        {
            return isMisused ? Misused(family, error)
                : error.StartsWith("CHAIN_DEL", StringComparison.Ordinal) ? IptablesResult.Fail(4, $"{Name(family)} {Version}:  {error}\n")
                : Fail(family, 1, error);
        }

        TableError? refused = filter.ReplaceTable(family, table, draft.Chains);
        return refused is null ? IptablesResult.Ok() : Refused(family, words[0], refused);
    }

    /// <summary>What the kernel refuses, as iptables tells it; why it did is the hint.</summary>
    private static IptablesResult Refused(AddressFamily family, string command, TableError refused) => refused.Reason switch
    {
        TableErrorReason.UnknownChain => Misused(family, $"Chain '{refused.Detail}' does not exist"),
        TableErrorReason.UnknownSet => Misused(family, $"Set {refused.Detail} doesn't exist.\n"),
        _ => IptablesResult.Fail(
            4,
            $"{Name(family)} {Version}:  RULE_{(command is "-I" or "--insert" ? "INSERT" : command is "-R" or "--replace" ? "REPLACE" : "APPEND")} failed "
            + $"(Invalid argument): rule in chain {refused.Chain}\nhint: {refused}\n"),
    };

    /// <summary>-w may have a number of seconds behind it.</summary>
    private static void RemoveWait(List<string> words)
    {
        int wait = words.FindIndex(word => word is "-w" or "--wait");
        if (wait >= 0)
        {
            bool hasTime = wait + 1 < words.Count && int.TryParse(words[wait + 1], NumberStyles.None, CultureInfo.InvariantCulture, out _);
            words.RemoveRange(wait, hasTime ? 2 : 1);
        }
    }

    /// <summary>`-nvL` is `-n -v -L`: flags of a listing may stand behind one dash.</summary>
    private static IEnumerable<string> Separate(string word) =>
        word.Length > 2 && word[0] == '-' && word.Skip(1).All(letter => "nvxLSw".Contains(letter, StringComparison.Ordinal))
            ? word.Skip(1).Select(letter => $"-{letter}")
            : [word];

    /// <summary>Makes one change to a draft; null or the error.</summary>
    internal static string? Change(TableDraft draft, AddressFamily family, List<string> words, CounterValue counters) =>
        Change(draft, family, words, counters, out _);

    /// <summary>The same, and whether the line itself is wrong rather than what it asks for.</summary>
    private static string? Change(TableDraft draft, AddressFamily family, List<string> words, CounterValue counters, out bool isMisused)
    {
        isMisused = words.Count == 0;
        if (isMisused)
        {
            return "no command specified";
        }

        string? chain = words.Count > 1 ? words[1] : null;
        switch (words[0])
        {
            case "-F" or "--flush":
                return draft.Flush(chain);
            case "-X" or "--delete-chain":
                return draft.DeleteChain(chain);
        }

        bool takesChain = words[0] is "-N" or "--new-chain" or "-P" or "--policy" or "-E" or "--rename-chain" or "-A" or "--append" or "-I" or "--insert"
            or "-R" or "--replace" or "-D" or "--delete";
        if (!takesChain)
        {
            isMisused = true;
            return $"unknown option \"{words[0]}\"";
        }

        if (chain is null)
        {
            isMisused = true;
            return $"option \"{words[0]}\" requires an argument";
        }

        List<string> rest = words[2..];
        switch (words[0])
        {
            case "-N" or "--new-chain":
                isMisused = chain.StartsWith('-');
                return isMisused ? "chain name not allowed to start with `-'" : draft.Create(chain);
            case "-P" or "--policy":
                isMisused = rest.Count == 0;
                return isMisused ? "-P requires a chain and a policy" : draft.SetPolicy(chain, rest.FirstOrDefault() ?? string.Empty);
            case "-E" or "--rename-chain":
                return draft.Rename(chain, rest.FirstOrDefault() ?? string.Empty);
            default:
                return ChangeRule(draft, family, words[0], chain, rest, counters, out isMisused);
        }
    }

    private static string? ChangeRule(
        TableDraft draft, AddressFamily family, string command, string chain, List<string> rest, CounterValue counters, out bool isMisused)
    {
        isMisused = false;
        bool numbered = rest.Count > 0 && int.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        int number = numbered ? int.Parse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture) : 1;
        if (numbered && command is "-D" or "--delete" && numbered)
        {
            return draft.Delete(chain, number);
        }

        string? error = RuleParser.TryParse(family, numbered ? rest[1..] : rest, out ImmutableArray<Rule> rules) ?? Misplaced(chain, rules, command);
        isMisused = error is not null;
        foreach (Rule parsed in rules)
        {
            Rule rule = parsed with { Initial = counters };
            error ??= command switch
            {
                "-A" or "--append" => draft.Append(chain, rule),
                "-I" or "--insert" => draft.Insert(chain, number, rule),
                "-R" or "--replace" => draft.Replace(chain, number, rule),
                _ => draft.Delete(chain, rule),
            };
        }

        return error;
    }

    /// <summary>What iptables itself finds wrong with rules in a chain.</summary>
    private static string? Misplaced(string chain, ImmutableArray<Rule> rules, string command)
    {
        bool hasOutput = rules[0].Matches.Any(m => m is RuleMatch.Output);
        bool hasInput = rules[0].Matches.Any(m => m is RuleMatch.Input);
        return hasOutput && chain is "PREROUTING" or "INPUT" && hasOutput ? $"Can't use -o with {chain}\n"
            : hasInput && chain is "POSTROUTING" or "OUTPUT" && hasInput ? $"Can't use -i with {chain}\n"
            : rules.Length > 1 && command is "-R" or "--replace" && rules.Length > 1 ? "Replacement rule does not specify a unique address"
            : null;
    }

    private static string? ListedChain(List<string> words)
    {
        int place = words.FindIndex(word => word is "-L" or "--list" or "-S" or "--list-rules");
        return place + 1 < words.Count && !words[place + 1].StartsWith('-') ? words[place + 1] : null;
    }

    private static IptablesResult Show(PacketFilter filter, AddressFamily family, TableName table, List<string> words)
    {
        int place = words.FindIndex(word => word is "-L" or "--list" or "-S" or "--list-rules");
        string? chain = ListedChain(words);
        if (words.Exists(w => w is "-L" or "--list") && words.Exists(w => w is "-S" or "--list-rules"))
        {
            return Misused(family, "Cannot use -S with -L");
        }

        if (chain is not null && !TableText.Chains(filter, family, table).Any(c => c.Name == chain))
        {
            return IptablesResult.Fail(
                1, $"{Name(family)} {Version}: chain `{chain}' in table `{TableNames.Text(table)}' is incompatible, use 'nft' tool.\n");
        }

        int? number = chain is not null && place + 2 < words.Count
            && int.TryParse(words[place + 2], NumberStyles.None, CultureInfo.InvariantCulture, out int only) ? only : null;
        bool Has(char letter, string name) =>
            words.Exists(w => w == name || (w.Length > 1 && w[0] == '-' && w[1] != '-' && w[1..].Contains(letter, StringComparison.Ordinal)));
        if (words[place] is "-S" or "--list-rules")
        {
            return IptablesResult.Ok(TableText.Specify(filter, family, table, chain, number, withCounters: Has('v', "--verbose")));
        }

        ListingOptions options = new(
            Verbose: Has('v', "--verbose"), Exact: Has('x', "--exact"), LineNumbers: words.Contains("--line-numbers")) 
        {
            Only = number,
            Names = !Has('n', "--numeric"),
        };
        return IptablesResult.Ok(TableListing.List(filter, family, table, options, chain));
    }

    /// <summary>The line is wrong (xtables_error, PARAMETER_PROBLEM).</summary>
    private static IptablesResult Misused(AddressFamily family, string error) => IptablesResult.Fail(
        2, $"{(error.StartsWith("Bad argument", StringComparison.Ordinal) ? string.Empty : $"{Name(family)} {Version}: ")}{error}\nTry `{Name(family)} -h' or '{Name(family)} --help' for more information.\n");

    private static IptablesResult Fail(AddressFamily family, int code, string error) =>
        IptablesResult.Fail(code, $"{Name(family)}: {error}\n");

    private static string Name(AddressFamily family) => family == AddressFamily.IPv4 ? "iptables" : "ip6tables";
}
