using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>How iptables-save and iptables -L write the extensions that few rules use.</summary>
internal static class RuleExtensionText
{
    /// <summary>The options, each with a blank before it.</summary>
    public static void Write(StringBuilder text, RuleMatch match, AddressFamily family)
    {
        switch (match)
        {
            case RuleMatch.PhysicalDevice port:
                WritePhysicalDevice(text, port);
                break;
            case RuleMatch.ConnectionProtocol protocol:
                text.Append($"{RuleText.Not(protocol.Negated)} --ctproto {(byte)protocol.Number}");
                break;
            case RuleMatch.ReplyAddress reply:
                text.Append($"{RuleText.Not(reply.Negated)} --ctrepl{Side(reply.Side)} {Address(reply.Prefix)}");
                break;
            case RuleMatch.ReplyPort reply:
                text.Append($"{RuleText.Not(reply.Negated)} --ctrepl{Side(reply.Side)}port {reply.Range}");
                break;
            case RuleMatch.Status status:
                text.Append($"{RuleText.Not(status.Negated)} --ctstatus {Statuses(status.Value)}");
                break;
            case RuleMatch.Expiry expiry:
                text.Append($"{RuleText.Not(expiry.Negated)} --ctexpire {Range(expiry)}");
                break;
            case RuleMatch.TcpOption option:
                text.Append($"{RuleText.Not(option.Negated)} --tcp-option {option.Number}");
                break;
            case RuleMatch.SctpChunks chunks:
                text.Append($"{RuleText.Not(chunks.Negated)} --chunk-types {Scope(chunks.Scope)} {Chunks(chunks.Chunks)}");
                break;
            case RuleMatch.AddressRange range:
                text.Append($"{RuleText.Not(range.Negated)} --{Side(range.Side)}-range {range.First}-{range.Last}");
                break;
            case RuleMatch.LinkType link:
                text.Append($"{RuleText.Not(link.Negated)} --pkt-type {Name(RuleKeywords.LinkTypes, link.Type)}");
                break;
            default:
                RuleLimitText.Write(text, match, family);
                break;
        }
    }

    /// <summary>The same for the last column of a listing.</summary>
    public static string Describe(RuleMatch match, AddressFamily family) => match switch
    {
        RuleMatch.PhysicalDevice port => Text(port),
        RuleMatch.ConnectionProtocol protocol => $" {Bang(protocol.Negated)}ctproto {(byte)protocol.Number}",
        RuleMatch.ReplyAddress reply => $" {Bang(reply.Negated)}ctrepl{Side(reply.Side)} {Address(reply.Prefix)}",
        RuleMatch.ReplyPort reply => $" {Bang(reply.Negated)}ctrepl{Side(reply.Side)}port {reply.Range}",
        RuleMatch.Status status => $" {Bang(status.Negated)}ctstatus {Statuses(status.Value)}",
        RuleMatch.Expiry expiry => $" {Bang(expiry.Negated)}ctexpire {Range(expiry)}",
        RuleMatch.SctpChunks chunks => $" sctp {(chunks.Negated ? "!" : string.Empty)}{Scope(chunks.Scope)} {Chunks(chunks.Chunks)}",
        RuleMatch.AddressRange range => (range.Side == SetDirection.Source ? " source" : " destination")
            + $" IP range{RuleText.Not(range.Negated)} {range.First}-{range.Last}",
        RuleMatch.LinkType link => $" PKTTYPE {(link.Negated ? "!= " : "= ")}{Name(RuleKeywords.LinkTypes, link.Type)}",
        _ => RuleLimitText.Describe(match, family),
    };

    /// <summary>The options of LOG for what it writes beside addresses and ports.</summary>
    public static string Fields(LogFields fields)
    {
        StringBuilder text = new();
        text.Append((fields & LogFields.TcpSequence) != 0 ? " --log-tcp-sequence" : string.Empty);
        text.Append((fields & LogFields.TcpOptions) != 0 ? " --log-tcp-options" : string.Empty);
        text.Append((fields & LogFields.IPOptions) != 0 ? " --log-ip-options" : string.Empty);
        text.Append((fields & LogFields.Uid) != 0 ? " --log-uid" : string.Empty);
        text.Append((fields & LogFields.MacDecode) != 0 ? " --log-macdecode" : string.Empty);
        return text.ToString();
    }

    private static string Text(RuleMatch.PhysicalDevice port)
    {
        StringBuilder text = new();
        WritePhysicalDevice(text, port);
        return text.ToString();
    }

    /// <summary>In the order of physdev_save.</summary>
    private static void WritePhysicalDevice(StringBuilder text, RuleMatch.PhysicalDevice port)
    {
        text.Append(port.HasInput is bool noInput ? $"{RuleText.Not(noInput)} --physdev-is-in" : string.Empty);
        text.Append(port.InputPort is null ? string.Empty : $"{RuleText.Not(port.InputNegated)} --physdev-in {port.InputPort}");
        text.Append(port.HasOutput is bool noOutput ? $"{RuleText.Not(noOutput)} --physdev-is-out" : string.Empty);
        text.Append(port.OutputPort is null ? string.Empty : $"{RuleText.Not(port.OutputNegated)} --physdev-out {port.OutputPort}");
        text.Append(port.IsBridged is bool notBridged ? $"{RuleText.Not(notBridged)} --physdev-is-bridged" : string.Empty);
    }

    private static string Bang(bool negated) => negated ? "! " : string.Empty;

    private static string Side(SetDirection side) => side == SetDirection.Source ? "src" : "dst";

    private static string Address(InternetPrefix prefix) =>
        prefix.IsHost ? $"{prefix.Address}" : $"{prefix}";

    private static string Range(RuleMatch.Expiry expiry) =>
        expiry.First == expiry.Last ? $"{expiry.First}" : $"{expiry.First}:{expiry.Last}";

    private static string Scope(SctpChunkScope scope) => Name(RuleKeywords.ChunkScopes, scope);

    private static string Statuses(TrackedStatus value) => value == TrackedStatus.None
        ? "NONE"
        : string.Join(',', RuleKeywords.StatusNames.Where(name => (value & name.Status) != 0).Select(name => name.Name));

    private static string Chunks(ImmutableArray<SctpChunk> chunks) => chunks.Length == 0 ? "ALL" : string.Join(',', chunks.Select(Chunk));

    private static string Chunk(SctpChunk chunk)
    {
        StringBuilder text = new(Name(RuleKeywords.ChunkNames, chunk.Type));
        string letters = RuleKeywords.ChunkFlags(chunk.Type);
        for (int bit = 0; bit < letters.Length && chunk.FlagMask != 0; bit++)
        {
            int flag = 1 << (7 - bit);
            if ((chunk.FlagMask & flag) != 0)
            {
                text.Append(text.ToString().Contains(':', System.StringComparison.Ordinal) ? string.Empty : ":");
                text.Append((chunk.Flags & flag) != 0 ? letters[bit] : char.ToLowerInvariant(letters[bit]));
            }
        }

        return text.ToString();
    }

    private static string Name<T>(ImmutableArray<(string Name, T Value)> names, T value)
    {
        foreach ((string name, T candidate) in names)
        {
            if (EqualityComparer<T>.Default.Equals(candidate, value))
            {
                return name;
            }
        }

        return $"{value}";
    }
}
