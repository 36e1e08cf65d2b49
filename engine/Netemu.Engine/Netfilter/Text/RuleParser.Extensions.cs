using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>The options of extensions that few rules use.</summary>
internal sealed partial class RuleParser
{
    private bool TryExtension(string word)
    {
        bool negated = _negated;
        RuleMatch? match = word switch
        {
            "--ctproto" => ConnectionProtocol(),
            "--ctreplsrc" => Reply(SetDirection.Source),
            "--ctrepldst" => Reply(SetDirection.Destination),
            "--ctreplsrcport" => new RuleMatch.ReplyPort(SetDirection.Source, Range(Next()), negated),
            "--ctrepldstport" => new RuleMatch.ReplyPort(SetDirection.Destination, Range(Next()), negated),
            "--ctstatus" => new RuleMatch.Status(Statuses(Next()), negated),
            "--ctexpire" => Expiry(Next()),
            "--tcp-option" => new RuleMatch.TcpOption((byte)Number(Next(), 255), negated),
            "--chunk-types" => Chunks(Next(), Next()),
            "--src-range" => AddressRange(SetDirection.Source, Next()),
            "--dst-range" => AddressRange(SetDirection.Destination, Next()),
            "--pkt-type" => LinkType(Next()),
            _ => null,
        };
        if (match is not null)
        {
            _matches.Add(match);
            return true;
        }

        return TryPhysicalDevice(word, negated);
    }

    private bool TryPhysicalDevice(string word, bool negated)
    {
        switch (word)
        {
            case "--physdev-in":
                string input = Interface();
                Change<RuleMatch.PhysicalDevice>(port => port with { InputPort = input, InputNegated = negated });
                return true;
            case "--physdev-out":
                string output = Interface();
                Change<RuleMatch.PhysicalDevice>(port => port with { OutputPort = output, OutputNegated = negated });
                return true;
            case "--physdev-is-in":
                Change<RuleMatch.PhysicalDevice>(port => port with { HasInput = negated });
                return true;
            case "--physdev-is-out":
                Change<RuleMatch.PhysicalDevice>(port => port with { HasOutput = negated });
                return true;
            case "--physdev-is-bridged":
                Change<RuleMatch.PhysicalDevice>(port => port with { IsBridged = negated });
                return true;
            default:
                return false;
        }
    }

    private RuleMatch.ConnectionProtocol ConnectionProtocol()
    {
        string name = Next();
        if (!ProtocolNames.TryParse(name, out IPProtocol protocol))
        {
            Fail($"unknown protocol \"{name}\" specified");
        }

        return new RuleMatch.ConnectionProtocol(protocol, _negated);
    }

    private RuleMatch.ReplyAddress Reply(SetDirection side)
    {
        bool negated = _negated;
        InternetPrefix[] prefix = Prefix();
        return new RuleMatch.ReplyAddress(side, prefix.Length > 0 ? prefix[0] : default, negated);
    }

    private TrackedStatus Statuses(string text) =>
        Words(text, RuleKeywords.StatusNames).Aggregate(TrackedStatus.None, (all, status) => all | status);

    private RuleMatch.Expiry Expiry(string text)
    {
        string[] ends = text.Split(':');
        uint first = Number(ends[0]);
        return new RuleMatch.Expiry(first, ends.Length > 1 ? Number(ends[1]) : first, _negated);
    }

    private RuleMatch.SctpChunks Chunks(string scope, string list)
    {
        if (!RuleKeywords.TryFind(RuleKeywords.ChunkScopes, scope, out SctpChunkScope value))
        {
            Fail($"Match type has to be one of \"ALL\", \"ANY\" or \"ONLY\".");
        }

        List<SctpChunk> chunks = [];
        foreach (string word in list.Equals("ALL", StringComparison.OrdinalIgnoreCase) ? [] : list.Split(','))
        {
            string[] parts = word.Split(':');
            if (!RuleKeywords.TryFind(RuleKeywords.ChunkNames, parts[0], out byte type))
            {
                Fail($"Unknown sctp chunk `{parts[0]}'");
            }

            chunks.Add(parts.Length > 1 ? Flagged(type, parts[1]) : new SctpChunk(type));
        }

        // iptables writes the kinds in the order of their numbers.
        return new RuleMatch.SctpChunks(value, [.. chunks.OrderBy(chunk => chunk.Type)], _negated);
    }

    /// <summary>Flag letters of a chunk: a capital one must be set, a small one must not be.</summary>
    private SctpChunk Flagged(byte type, string letters)
    {
        string known = RuleKeywords.ChunkFlags(type);
        byte mask = 0;
        byte flags = 0;
        foreach (char letter in letters)
        {
            int index = known.IndexOf(char.ToUpperInvariant(letter), StringComparison.Ordinal);
            if (index < 0)
            {
                Fail($"Invalid flags for chunk type {type}");
                break;
            }

            mask |= (byte)(1 << (7 - index));
            flags |= char.IsUpper(letter) ? (byte)(1 << (7 - index)) : (byte)0;
        }

        return new SctpChunk(type, mask, flags);
    }

    private RuleMatch.AddressRange AddressRange(SetDirection side, string text)
    {
        string[] ends = text.Split('-');
        if (!InternetAddress.TryParse(ends[0], out InternetAddress first) || first.Family != family || ends.Length > 2
            || !InternetAddress.TryParse(ends[^1], out InternetAddress last) || last.Family != family || first.CompareTo(last) > 0)
        {
            Fail($"iprange: Bad IP address \"{text}\"");
            return new RuleMatch.AddressRange(side, default, default);
        }

        return new RuleMatch.AddressRange(side, first, last, _negated);
    }

    private RuleMatch.LinkType LinkType(string name)
    {
        if (!RuleKeywords.TryFind(RuleKeywords.LinkTypes, name, out LinkPacketType type))
        {
            Fail($"Bad packet type '{name}'");
        }

        return new RuleMatch.LinkType(type, _negated);
    }
}
