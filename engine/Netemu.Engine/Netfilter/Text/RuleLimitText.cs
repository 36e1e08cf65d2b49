using System;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>How iptables-save and iptables -L write dscp, tos, connlimit, hashlimit and string.</summary>
internal static class RuleLimitText
{
    /// <summary>The options, each with a blank before it.</summary>
    public static void Write(StringBuilder text, RuleMatch match, AddressFamily family)
    {
        int whole = family == AddressFamily.IPv4 ? 32 : 128;
        switch (match)
        {
            case RuleMatch.Dscp dscp:
                text.Append($"{RuleText.Not(dscp.Negated)} --dscp 0x{dscp.Value:x2}");
                break;
            case RuleMatch.TypeOfService tos:
                text.Append($"{RuleText.Not(tos.Negated)} --tos 0x{tos.Value:x2}/0x{tos.Mask:x2}");
                break;
            case RuleMatch.ConnectionLimit limit:
                text.Append($" --connlimit-{(limit.UpTo ? "upto" : "above")} {limit.Most} --connlimit-mask {Math.Min(limit.MaskLength, whole)}");
                text.Append($" --connlimit-{(limit.ByDestination ? "d" : "s")}addr");
                break;
            case RuleMatch.HashLimit limit:
                text.Append($" --hashlimit-{(limit.Above ? "above" : "upto")} {RuleText.Rate(limit.Rate!)} --hashlimit-burst {limit.Burst}");
                text.Append(limit.Modes == HashLimitModes.None ? string.Empty : $" --hashlimit-mode {Modes(limit.Modes, ',')}");
                text.Append($" --hashlimit-name {limit.Name}{Table(limit, "--hashlimit-htable-")}");
                text.Append(limit.SourceMask < whole ? $" --hashlimit-srcmask {limit.SourceMask}" : string.Empty);
                text.Append(limit.DestinationMask < whole ? $" --hashlimit-dstmask {limit.DestinationMask}" : string.Empty);
                break;
            case RuleMatch.StringPattern wanted:
                bool isHex = IsHex(wanted.Pattern!);
                text.Append($"{RuleText.Not(wanted.Negated)} --{(isHex ? "hex-" : string.Empty)}string {Quoted(wanted.Pattern!, isHex)} --algo {wanted.Algorithm}");
                text.Append(wanted.From > 0 ? $" --from {wanted.From}" : string.Empty);
                text.Append(wanted.To < ushort.MaxValue ? $" --to {wanted.To}" : string.Empty);
                text.Append(wanted.IgnoreCase ? " --icase" : string.Empty);
                break;
        }
    }

    /// <summary>The same for the last column of a listing.</summary>
    public static string Describe(RuleMatch match, AddressFamily family)
    {
        int whole = family == AddressFamily.IPv4 ? 32 : 128;
        return match switch
        {
            RuleMatch.Dscp dscp => $" DSCP match {(dscp.Negated ? "!" : string.Empty)}0x{dscp.Value:x2}",
            RuleMatch.TypeOfService tos => $" tos match{(tos.Negated ? "!" : string.Empty)}0x{tos.Value:x2}/0x{tos.Mask:x2}",
            RuleMatch.ConnectionLimit limit =>
                $" #conn {(limit.ByDestination ? "dst" : "src")}/{Math.Min(limit.MaskLength, whole)} {(limit.UpTo ? "<=" : ">")} {limit.Most}",
            RuleMatch.HashLimit limit => $" limit: {(limit.Above ? "above" : "up to")} {RuleText.Rate(limit.Rate!)} burst {limit.Burst}"
                + (limit.Modes == HashLimitModes.None ? string.Empty : $" mode {Modes(limit.Modes, '-')}") + Table(limit, "htable-")
                + (limit.SourceMask < whole ? $" srcmask {limit.SourceMask}" : string.Empty)
                + (limit.DestinationMask < whole ? $" dstmask {limit.DestinationMask}" : string.Empty),
            RuleMatch.StringPattern wanted => $" STRING match {(wanted.Negated ? "!" : string.Empty)} {Quoted(wanted.Pattern!, IsHex(wanted.Pattern!))} ALGO name {wanted.Algorithm}"
                + (wanted.From > 0 ? $" FROM {wanted.From}" : string.Empty) + (wanted.To < ushort.MaxValue ? $" TO {wanted.To}" : string.Empty)
                + (wanted.IgnoreCase ? " ICASE" : string.Empty),
            _ => string.Empty,
        };
    }

    private static string Modes(HashLimitModes modes, char separator) =>
        string.Join(separator, RuleKeywords.HashModes.Where(m => (modes & m.Value) != 0).Select(m => m.Name));

    private static string Table(RuleMatch.HashLimit limit, string word) =>
        (limit.Size == 0 ? string.Empty : $" {word}size {limit.Size}")
        + (limit.Most == 0 ? string.Empty : $" {word}max {limit.Most}")
        + (limit.CollectionMilliseconds == RuleMatch.HashLimit.DefaultCollection ? string.Empty : $" {word}gcinterval {limit.CollectionMilliseconds}")
        + (limit.Lifetime == (limit with { ExpiryMilliseconds = null }).Lifetime ? string.Empty : $" {word}expire {limit.Lifetime}");

    private static bool IsHex(string pattern) => pattern.Any(c => c is < ' ' or > '~');

    private static string Quoted(string pattern, bool isHex) => isHex
        ? $"\"|{Convert.ToHexStringLower(Encoding.Latin1.GetBytes(pattern))}|\""
        : $"\"{pattern.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
