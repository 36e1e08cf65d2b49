using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>The options of match extensions.</summary>
internal sealed partial class RuleParser
{
    private const TcpFlags SynMask = TcpFlags.Fin | TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Ack;

    /// <summary>
    /// The options that a protocol's extension brings: before `-p` has named it, iptables does not know them. A rule with ports and
    /// without a protocol would match whatever stands where the ports would.
    /// </summary>
    private bool IsKnownHere(string word) => word switch
    {
        "--sport" or "--source-port" or "--dport" or "--destination-port" =>
            HasProtocol(IPProtocol.Tcp, IPProtocol.Udp, IPProtocol.UdpLite, IPProtocol.Sctp),
        "--tcp-flags" or "--syn" => HasProtocol(IPProtocol.Tcp),
        "--icmp-type" => HasProtocol(IPProtocol.Icmp),
        "--icmpv6-type" => HasProtocol(IPProtocol.Icmpv6),
        _ => true,
    };

    private bool HasProtocol(params ReadOnlySpan<IPProtocol> wanted)
    {
        foreach (RuleMatch match in _matches)
        {
            if (match is RuleMatch.Protocol protocol && wanted.Contains(protocol.Number))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryMatch(string word)
    {
        if (!IsKnownHere(word))
        {
            return false;
        }

        RuleMatch? match = word switch
        {
            "--sport" or "--source-port" => new RuleMatch.SourcePort(Range(Next()), _negated),
            "--dport" or "--destination-port" => new RuleMatch.DestinationPort(Range(Next()), _negated),
            "--tcp-flags" => new RuleMatch.Tcp(Flags(Next()), Flags(Next()), _negated),
            "--syn" => new RuleMatch.Tcp(SynMask, TcpFlags.Syn, _negated),
            "--sports" or "--source-ports" => Multiport(PortSide.Source),
            "--dports" or "--destination-ports" => Multiport(PortSide.Destination),
            "--ports" => Multiport(PortSide.Either),
            "--icmp-type" or "--icmpv6-type" => Icmp(Next()),
            "--ctstate" => new RuleMatch.State(States(Next(), "ctstate"), _negated),
            "--state" => new RuleMatch.State(States(Next(), "state"), _negated, OldName: true),
            "--ctorigsrc" => Original(SetDirection.Source),
            "--ctorigdst" => Original(SetDirection.Destination),
            "--ctorigsrcport" => new RuleMatch.OriginalPort(SetDirection.Source, Range(Next()), _negated),
            "--ctorigdstport" => new RuleMatch.OriginalPort(SetDirection.Destination, Range(Next()), _negated),
            "--ctdir" => new RuleMatch.Direction(Next().Equals("REPLY", StringComparison.OrdinalIgnoreCase)),
            "--mark" => Mark(),
            "--match-set" => new RuleMatch.Set(Next(), Directions(Next()), _negated),
            "--comment" => new RuleMatch.Comment(Next()),
            "--mac-source" => Mac(Next()),
            "--length" => Length(Next()),
            "--ttl-eq" or "--hl-eq" => Ttl(_negated ? ComparisonOperator.NotEqual : ComparisonOperator.Equal),
            "--ttl-lt" or "--hl-lt" => Ttl(ComparisonOperator.Less),
            "--ttl-gt" or "--hl-gt" => Ttl(ComparisonOperator.Greater),
            "--mode" => Statistic(Next()),
            _ => null,
        };
        if (match is not null)
        {
            _matches.Add(match);
            return true;
        }

        return TryExtension(word) || TryLimitMatch(word) || TryChange(word);
    }

    /// <summary>Options that complete a match which their extension has begun.</summary>
    private bool TryChange(string word)
    {
        switch (word)
        {
            case "--limit":
                Change<RuleMatch.Limit>(limit => Rate(Next(), limit.Burst));
                return true;
            case "--limit-burst":
                Change<RuleMatch.Limit>(limit => limit with { Burst = (int)Number(Next(), 10_000) });
                return true;
            case "--probability":
                bool unlikely = _negated;
                Change<RuleMatch.Chance>(chance => chance with { Probability = Probability(Next()), Negated = unlikely });
                return true;
            case "--every":
                Change<RuleMatch.Nth>(nth => nth with { Every = Math.Max(1, Number(Next())), Negated = _negated });
                return true;
            case "--packet":
                Change<RuleMatch.Nth>(nth => nth with { Packet = Number(Next()) });
                return true;
            case "--set" or "--rcheck" or "--update" or "--remove":
                bool inverted = _negated;
                RecentAction action = word switch
                {
                    "--set" => RecentAction.Set,
                    "--update" => RecentAction.Update,
                    "--remove" => RecentAction.Remove,
                    _ => RecentAction.Check,
                };
                Change<RuleMatch.Recent>(recent => recent with { Action = action, Negated = inverted });
                return true;
            case "--name":
                Change<RuleMatch.Recent>(recent => recent with { Name = Next() });
                return true;
            case "--seconds":
                Change<RuleMatch.Recent>(recent => recent with { Seconds = Number(Next()) });
                return true;
            case "--hitcount":
                Change<RuleMatch.Recent>(recent => recent with { Hits = (int)Number(Next(), 20) });
                return true;
            case "--rttl":
                Change<RuleMatch.Recent>(recent => recent with { SameTtl = true });
                return true;
            case "--rsource" or "--rdest":
                Change<RuleMatch.Recent>(recent => recent with { ByDestination = word == "--rdest" });
                return true;
            case "--reap":
                Change<RuleMatch.Recent>(recent => recent with { Reaps = true });
                return true;
            case "--mask" when _matches.Exists(m => m is RuleMatch.Recent):
                if (Next() is not ("255.255.255.255" or "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
                {
                    Fail("recent: only the mask of a whole address is supported");
                }

                return true;
            case "--src-type":
                Change<RuleMatch.AddressType>(type => type with { SourceTypes = Types(Next()), SourceNegated = _negated });
                return true;
            case "--dst-type":
                Change<RuleMatch.AddressType>(type => type with { DestinationTypes = Types(Next()), DestinationNegated = _negated });
                return true;
            case "--limit-iface-in":
                Change<RuleMatch.AddressType>(type => type with { LimitToInput = true });
                return true;
            case "--limit-iface-out":
                Change<RuleMatch.AddressType>(type => type with { LimitToOutput = true });
                return true;
            case "--loose":
                Change<RuleMatch.ReversePath>(path => path with { Loose = true });
                return true;
            case "--validmark":
                Change<RuleMatch.ReversePath>(path => path with { ValidMark = true });
                return true;
            case "--accept-local":
                Change<RuleMatch.ReversePath>(path => path with { AcceptLocal = true });
                return true;
            case "--invert":
                Change<RuleMatch.ReversePath>(path => path with { Invert = true });
                return true;
            default:
                return false;
        }
    }

    private void Change<T>(Func<T, T> change)
        where T : RuleMatch
    {
        int index = _matches.FindLastIndex(m => m is T);
        if (index < 0)
        {
            Fail($"option without its match \"{typeof(T).Name.ToLowerInvariant()}\"");
            return;
        }

        _matches[index] = change((T)_matches[index]);
    }

    private RuleMatch Mark()
    {
        (uint value, uint mask) = Masked(Next());
        return _modules.LastOrDefault() == "connmark"
            ? new RuleMatch.ConnectionMark(value, mask, _negated)
            : new RuleMatch.Mark(value, mask, _negated);
    }

    private RuleMatch.Multiport Multiport(PortSide side)
    {
        bool negated = _negated;
        if (!HasProtocol(IPProtocol.Tcp, IPProtocol.Udp, IPProtocol.UdpLite, IPProtocol.Sctp))
        {
            Fail("multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'");
        }

        return new RuleMatch.Multiport(side, [.. Next().Split(',').Select(word => Range(word))], negated);
    }

    private RuleMatch.OriginalAddress Original(SetDirection side)
    {
        bool negated = _negated;
        InternetPrefix[] prefix = Prefix();
        return new RuleMatch.OriginalAddress(side, prefix.Length > 0 ? prefix[0] : default, negated);
    }

    private RuleMatch.Icmp Icmp(string text)
    {
        foreach ((string name, byte type, byte? code) in RuleKeywords.Icmp(family))
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return new RuleMatch.Icmp(type, code, _negated);
            }
        }

        string[] parts = text.Split('/');
        if (!byte.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out byte number))
        {
            Fail($"Unknown ICMP{(family == AddressFamily.IPv4 ? string.Empty : "v6")} type `{text}'");
        }

        return new RuleMatch.Icmp(number, parts.Length > 1 ? (byte)Number(parts[1], 255) : null, _negated);
    }

    private RuleMatch? Mac(string text)
    {
        if (MacAddress.TryParse(text, out MacAddress mac))
        {
            return new RuleMatch.Mac(mac, _negated);
        }

        Fail($"Bad mac address \"{text}\"");
        return new RuleMatch.Mac(default);
    }

    private RuleMatch.Length Length(string text)
    {
        PortRange range = Range(text);
        return new RuleMatch.Length(range.First, range.Last, _negated);
    }

    private RuleMatch.Ttl Ttl(ComparisonOperator comparison) => new(comparison, (byte)Number(Next(), 255));

    private RuleMatch? Statistic(string mode)
    {
        switch (mode)
        {
            case "random":
                return new RuleMatch.Chance(0);
            case "nth":
                return new RuleMatch.Nth(1);
            default:
                Fail($"Bad mode \"{mode}\"");
                return new RuleMatch.Chance(0);
        }
    }

    /// <summary>A decimal fraction in units of 2^-31, to the nearest, as lround does.</summary>
    private uint Probability(string text)
    {
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value) || value > 1)
        {
            Fail($"bad value \"{text}\"");
            return 0;
        }

        return (uint)decimal.Round(value * 2_147_483_648m, MidpointRounding.AwayFromZero);
    }

    private RuleMatch.Limit Rate(string text, int burst)
    {
        string[] parts = text.Split('/');
        string unit = parts.Length > 1 ? parts[1] : "second";
        int seconds = 0;
        foreach ((string name, int length) in RuleKeywords.RateUnits)
        {
            if (seconds == 0 && unit.Length > 0 && name.StartsWith(unit, StringComparison.Ordinal))
            {
                seconds = length;
            }
        }

        uint count = Number(parts[0], 10_000);
        if (seconds == 0 || count == 0)
        {
            Fail($"bad rate \"{text}\"");
            return new RuleMatch.Limit(1, 1, burst);
        }

        return new RuleMatch.Limit((int)count, seconds, burst);
    }

    private TcpFlags Flags(string text) => text switch
    {
        "ALL" => (TcpFlags)0x3F,
        "NONE" => TcpFlags.None,
        _ => Words(text, RuleKeywords.TcpFlagNames).Aggregate(TcpFlags.None, (all, flag) => all | flag),
    };

    private ConnectionStates States(string text, string what) =>
        Words(text, RuleKeywords.StateNames, what).Aggregate(ConnectionStates.None, (all, state) => all | state);

    private AddressTypes Types(string text) =>
        Words(text, RuleKeywords.AddressTypeNames).Aggregate(AddressTypes.None, (all, type) => all | type);

    private ImmutableArray<SetDirection> Directions(string text)
    {
        List<SetDirection> directions = [];
        foreach (string word in text.Split(','))
        {
            if (word is not ("src" or "dst"))
            {
                Fail($"You must specify (the comma separated list of) 'src' or 'dst'");
            }

            directions.Add(word == "src" ? SetDirection.Source : SetDirection.Destination);
        }

        return [.. directions];
    }

    private List<T> Words<T>(string text, ImmutableArray<(string Name, T Value)> names, string what = "value")
    {
        List<T> values = [];
        foreach (string word in text.Split(','))
        {
            if (!RuleKeywords.TryFind(names, word, out T value))
            {
                Fail($"Bad {what} \"{word}\"");
            }

            values.Add(value);
        }

        return values;
    }
}
