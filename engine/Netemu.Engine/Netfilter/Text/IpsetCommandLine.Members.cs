using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Sets;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>ipset add, del and test, with what a member may carry; and how lists are to look.</summary>
public static partial class IpsetCommandLine
{
    /// <summary>IPSET_MAX_COMMENT_SIZE.</summary>
    private const int LongestComment = 255;

    private static IptablesResult Member(SetTable sets, string verb, List<string> words, bool exist)
    {
        if (sets.Find(words[0]) is not { } set)
        {
            return Fail("The set with the given name does not exist");
        }

        if (set.Type == SetType.ListSet)
        {
            return Listed(sets, verb, words, exist);
        }

        if (MemberOptions.Read(set, verb, words, out MemberOptions options) is { } refused)
        {
            return refused;
        }

        foreach (string text in Expand(set, words[1]))
        {
            if (!SetText.TryParseMember(set, text, out SetMember member))
            {
                return Fail($"Syntax error: cannot parse {text}: resolving to {(set.Family == AddressFamily.IPv4 ? "IPv4" : "IPv6")} address failed");
            }

            if (verb == "test")
            {
                bool found = set.Contains(member);
                string line = $"{text} is {(found ? string.Empty : "NOT ")}in set {set.Name}.\n";
                return new IptablesResult(found ? 0 : 1, string.Empty, found ? $"Warning: {line}" : line);
            }

            SetError error = verb == "add" ? set.Add(member, options.Timeout) : set.Remove(member);
            if (verb == "add" && (error == SetError.None || (exist && error == SetError.Exists)))
            {
                set.Prolong(member, options.Timeout);
                set.Extend(member, options.Packets, options.Bytes, options.Comment, options.IsException);
            }

            if (error != SetError.None && !(exist && error is SetError.Exists or SetError.NotFound))
            {
                return Fail(Refusal(verb, error));
            }
        }

        return Done(string.Empty);
    }

    private static IptablesResult Listed(SetTable sets, string verb, List<string> words, bool exist)
    {
        if (verb == "test")
        {
            bool found = sets.Find(words[0])!.Members.Any(m => m.Set == words[1]);
            return new IptablesResult(found ? 0 : 1, string.Empty, $"{words[1]} is {(found ? string.Empty : "NOT ")}in set {words[0]}.\n");
        }

        if (MemberOptions.Read(sets.Find(words[0])!, verb, words, out MemberOptions options) is { } refused)
        {
            return refused;
        }

        SetError error = verb == "add" ? sets.AddToList(words[0], words[1]) : sets.RemoveFromList(words[0], words[1]);
        if (verb == "add" && (error == SetError.None || (exist && error == SetError.Exists)))
        {
            sets.Find(words[0])!.Extend(new SetMember(default, Set: words[1]), options.Packets, options.Bytes, options.Comment, isException: false);
        }

        return error == SetError.None || (exist && error is SetError.Exists or SetError.NotFound) ? Done(string.Empty) : Fail(Refusal(verb, error));
    }

    /// <summary>How `list` and `save` write: -n, -t, -o; -s sorts, which lists here are anyway.</summary>
    private readonly record struct Listing(bool Names, bool Terse, string Format, string? Fault)
    {
        public static Listing Take(List<string> words)
        {
            // What stands behind a verb of old, as -N and -L do, is no option; -n is.
            bool names = words.RemoveAll(w => w is "-n" or "-name" or "--name") > 0;
            bool terse = words.RemoveAll(w => w is "-t" or "-terse" or "--terse") > 0;
            words.RemoveAll(w => w is "-s" or "-sorted" or "--sorted");
            int place = words.FindIndex(w => w is "-o" or "-output" or "--output");
            if (place < 0)
            {
                return new Listing(names, terse, "plain", null);
            }

            string format = place + 1 < words.Count ? words[place + 1] : string.Empty;
            words.RemoveRange(place, Math.Min(2, words.Count - place));
            return new Listing(names, terse, format, format is "plain" or "save" or "xml" ? null : $"Syntax error: unknown output mode '{format}'");
        }
    }

    /// <summary>What stands behind a member: timeout, packets, bytes, comment, nomatch.</summary>
    private readonly record struct MemberOptions(int? Timeout, long? Packets, long? Bytes, string? Comment, bool IsException)
    {
        public static IptablesResult? Read(IPSet set, string verb, List<string> words, out MemberOptions options)
        {
            options = default;
            for (int i = 2; i < words.Count; i++)
            {
                string option = words[i];
                bool isNet = set.Type is SetType.HashNet or SetType.HashNetPort or SetType.HashNetNet;
                bool isKnown = option is "timeout" or "packets" or "bytes" or "comment" || (option == "nomatch" && isNet);
                if (verb != "add" || !isKnown)
                {
                    return Misused($"Unknown argument: `{option}'");
                }

                if (option == "nomatch")
                {
                    options = options with { IsException = true };
                    continue;
                }

                if (option == "timeout")
                {
                    int? timeout = options.Timeout;
                    if (TakeTimeout(words, ref i, ref timeout) is { } refused)
                    {
                        return refused;
                    }

                    options = options with { Timeout = timeout };
                    continue;
                }

                if (++i == words.Count)
                {
                    return Misused($"Missing mandatory argument of option `{option}'");
                }

                if (TakeExtension(option, words[i], ref options) is { } wrong)
                {
                    return wrong;
                }
            }

            return options.Timeout is not null && set.Timeout is null ? Fail("Timeout cannot be used: set was created without timeout support")
                : options.Comment is not null && !set.HasComments ? Fail("Comment cannot be used: set was created without comment support")
                : (options.Packets ?? options.Bytes) is not null && !set.HasCounters
                    ? Fail("Packet/byte counters cannot be used: set was created without counter support")
                : null;
        }

        private static IptablesResult? TakeExtension(string option, string value, ref MemberOptions options)
        {
            if (option == "comment")
            {
                options = options with { Comment = value };
                return value.Contains('"', StringComparison.Ordinal) ? Fail("Syntax error: \" character is not permitted in comments")
                    : value.Length > LongestComment ? Fail("Syntax error: Comment is longer than the maximum allowed 255 characters")
                    : null;
            }

            if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                return Fail($"Syntax error: '{value}' is invalid as number");
            }

            options = option == "packets" ? options with { Packets = number } : options with { Bytes = number };
            return null;
        }
    }
}
