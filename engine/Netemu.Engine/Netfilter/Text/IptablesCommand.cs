using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>iptables and ip6tables: one command on one table.</summary>
public static class IptablesCommand
{
    /// <summary>Runs `iptables <paramref name="arguments"/>`.</summary>
    public static IptablesResult Run(PacketFilter filter, AddressFamily family, IReadOnlyList<string> arguments)
    {
        List<string> words = [.. arguments.SelectMany(Separate)];
        words.RemoveAll(word => word is "-w" or "--wait");
        TableName table = TableName.Filter;
        int place = words.FindIndex(word => word is "-t" or "--table");
        if (place >= 0)
        {
            string name = place + 1 < words.Count ? words[place + 1] : string.Empty;
            if (!TableNames.TryParse(name, out table))
            {
                return Fail(family, 3, $"can't initialize iptables table `{name}': Table does not exist");
            }

            words.RemoveRange(place, 2);
        }

        if (words.Exists(word => word is "-V" or "--version"))
        {
            return IptablesResult.Ok($"{Name(family)} v1.8.9 (nf_tables)\n");
        }

        if (words.Exists(word => word is "-L" or "--list" or "-S" or "--list-rules"))
        {
            return Show(filter, family, table, words);
        }

        if (words.Count > 0 && words[0] is "-Z" or "--zero")
        {
            filter.ZeroCounters(family, table, words.Count > 1 ? words[1] : null);
            return IptablesResult.Ok();
        }

        TableDraft draft = new(filter, family, table, flush: false);
        if (words.Count > 1 && words[0] is "-C" or "--check")
        {
            string? bad = RuleParser.TryParse(family, words[2..], out Rule rule);
            return bad is not null
                ? Fail(family, 2, bad)
                : draft.Find(words[1], rule) >= 0
                    ? IptablesResult.Ok()
                    : Fail(family, 1, "Bad rule (does a matching rule exist in that chain?).");
        }

        string? error = Change(draft, family, words, default);
        if (error is not null)
        {
            return Fail(family, error.StartsWith("unknown", StringComparison.Ordinal) ? 2 : 1, error);
        }

        TableError? refused = filter.ReplaceTable(family, table, draft.Chains);
        return refused is null ? IptablesResult.Ok() : Fail(family, refused.Reason == TableErrorReason.UnknownChain ? 2 : 4, $"{refused}");
    }

    /// <summary>`-nvL` is `-n -v -L`: flags of a listing may stand behind one dash.</summary>
    private static IEnumerable<string> Separate(string word) =>
        word.Length > 2 && word[0] == '-' && word.Skip(1).All(letter => "nvxLSw".Contains(letter, StringComparison.Ordinal))
            ? word.Skip(1).Select(letter => $"-{letter}")
            : [word];

    /// <summary>Makes one change to a draft; null or the error.</summary>
    internal static string? Change(TableDraft draft, AddressFamily family, List<string> words, CounterValue counters)
    {
        if (words.Count == 0)
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

        if (chain is null)
        {
            return $"option \"{words[0]}\" requires an argument";
        }

        List<string> rest = words[2..];
        switch (words[0])
        {
            case "-N" or "--new-chain":
                return draft.Create(chain);
            case "-P" or "--policy":
                return draft.SetPolicy(chain, rest.FirstOrDefault() ?? string.Empty);
            case "-E" or "--rename-chain":
                return draft.Rename(chain, rest.FirstOrDefault() ?? string.Empty);
            case "-A" or "--append" or "-I" or "--insert" or "-R" or "--replace" or "-D" or "--delete":
                return ChangeRule(draft, family, words[0], chain, rest, counters);
            default:
                return $"unknown option \"{words[0]}\"";
        }
    }

    private static string? ChangeRule(
        TableDraft draft, AddressFamily family, string command, string chain, List<string> rest, CounterValue counters)
    {
        bool numbered = rest.Count > 0 && int.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        int number = numbered ? int.Parse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture) : 1;
        if (numbered && command is "-D" or "--delete" && numbered)
        {
            return draft.Delete(chain, number);
        }

        string? error = RuleParser.TryParse(family, numbered ? rest[1..] : rest, out Rule rule);
        if (error is not null)
        {
            return error;
        }

        rule = rule with { Initial = counters };
        return command switch
        {
            "-A" or "--append" => draft.Append(chain, rule),
            "-I" or "--insert" => draft.Insert(chain, number, rule),
            "-R" or "--replace" => draft.Replace(chain, number, rule),
            _ => draft.Delete(chain, rule),
        };
    }

    private static IptablesResult Show(PacketFilter filter, AddressFamily family, TableName table, List<string> words)
    {
        int place = words.FindIndex(word => word is "-L" or "--list" or "-S" or "--list-rules");
        string? chain = place + 1 < words.Count && !words[place + 1].StartsWith('-') ? words[place + 1] : null;
        if (chain is not null && !TableText.Chains(filter, family, table).Any(c => c.Name == chain))
        {
            return Fail(family, 1, $"No chain/target/match by that name.");
        }

        int? number = chain is not null && place + 2 < words.Count
            && int.TryParse(words[place + 2], NumberStyles.None, CultureInfo.InvariantCulture, out int only) ? only : null;
        if (words[place] is "-S" or "--list-rules")
        {
            return IptablesResult.Ok(TableText.Specify(filter, family, table, chain, number));
        }

        bool Has(char letter, string name) =>
            words.Exists(w => w == name || (w.Length > 1 && w[0] == '-' && w[1] != '-' && w[1..].Contains(letter, StringComparison.Ordinal)));
        ListingOptions options = new(
            Verbose: Has('v', "--verbose"), Exact: Has('x', "--exact"), LineNumbers: words.Contains("--line-numbers")) { Only = number };
        return IptablesResult.Ok(TableListing.List(filter, family, table, options, chain));
    }

    private static IptablesResult Fail(AddressFamily family, int code, string error) =>
        IptablesResult.Fail(code, $"{Name(family)}: {error}\n");

    private static string Name(AddressFamily family) => family == AddressFamily.IPv4 ? "iptables" : "ip6tables";
}
