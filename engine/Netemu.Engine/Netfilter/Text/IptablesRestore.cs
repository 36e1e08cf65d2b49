using System;
using System.Collections.Generic;
using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>iptables-restore: each table of the input takes effect as a whole at its COMMIT, or not at all.</summary>
public static class IptablesRestore
{
    /// <summary>
    /// Reads a file of iptables-save. Without <paramref name="noFlush"/> a table begins empty; with
    /// <paramref name="counters"/> the file's counters are taken over.
    /// </summary>
    public static IptablesResult Run(
        PacketFilter filter, AddressFamily family, string input, bool noFlush = false, bool counters = false)
    {
        TableDraft? draft = null;
        TableName table = default;
        int number = 0;
        foreach (string raw in input.Split('\n'))
        {
            number++;
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            string? error = null;
            if (line[0] == '*')
            {
                if (!TableNames.TryParse(line.AsSpan(1).Trim(), out table))
                {
                    return IptablesResult.Fail(3, $"iptables-restore: unknown table '{line[1..]}'\n");
                }

                draft = new TableDraft(filter, family, table, flush: !noFlush);
            }
            else if (draft is null)
            {
                error = "no table";
            }
            else if (line == "COMMIT")
            {
                error = filter.ReplaceTable(family, table, draft.Chains)?.ToString();
                draft = null;
            }
            else if (line[0] == ':')
            {
                error = Declare(draft, CommandLine.Split(line[1..]), counters);
            }
            else
            {
                error = Apply(draft, family, line, counters);
            }

            if (error is not null)
            {
                return IptablesResult.Fail(1, $"iptables-restore: line {number} failed: {error}\n");
            }
        }

        return draft is null
            ? IptablesResult.Ok()
            : IptablesResult.Fail(1, $"iptables-restore: COMMIT expected at line {number}\n");
    }

    private static string? Declare(TableDraft draft, List<string> words, bool counters)
    {
        if (words.Count < 2)
        {
            return "chain without policy";
        }

        CounterValue counter = default;
        if (counters && words.Count > 2)
        {
            TryCounter(words[2], out counter);
        }

        return draft.Declare(words[0], words[1], counter);
    }

    private static string? Apply(TableDraft draft, AddressFamily family, string line, bool counters)
    {
        CounterValue counter = default;
        if (line[0] == '[')
        {
            int end = line.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || !TryCounter(line[..(end + 1)], out counter))
            {
                return "bad counters";
            }

            line = line[(end + 1)..];
        }

        return IptablesCommand.Change(draft, family, CommandLine.Split(line), counters ? counter : default);
    }

    private static bool TryCounter(string text, out CounterValue counter)
    {
        counter = default;
        string[] parts = text.Trim('[', ']').Split(':');
        if (parts.Length != 2
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long packets)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
        {
            return false;
        }

        counter = new CounterValue(packets, bytes);
        return true;
    }
}
