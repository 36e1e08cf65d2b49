using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>
/// Reads the options of one rule, as given to iptables behind `-A chain`. Errors are texts as iptables words them; nothing
/// is thrown.
/// </summary>
internal sealed partial class RuleParser(AddressFamily family, IReadOnlyList<string> words)
{
    /// <summary>The matches that -m opens.</summary>
    private static readonly ImmutableArray<string> Modules =
    [
        "tcp", "udp", "udplite", "sctp", "icmp", "icmp6", "icmpv6", "multiport", "conntrack", "state", "mark", "connmark", "set", "comment", "limit",
        "statistic", "addrtype", "iprange", "mac", "length", "ttl", "hl", "pkttype", "physdev", "recent", "rpfilter",
        "dscp", "tos", "connlimit", "hashlimit", "string",
    ];

    private readonly List<RuleMatch> _matches = [];
    private readonly List<RuleMatch> _sources = [];
    private readonly List<RuleMatch> _destinations = [];
    private readonly List<string> _modules = [];
    private RuleTarget? _target;
    private int _position;
    private bool _negated;
    private string? _targetName;
    private string? _error;

    /// <summary>The rules that the words stand for, or an error: one for each pair of the sources and destinations that they list.</summary>
    public static string? TryParse(AddressFamily family, IReadOnlyList<string> words, out ImmutableArray<Rule> rules)
    {
        RuleParser parser = new(family, words);
        parser.Parse();
        List<RuleMatch> matches = parser.Ordered();
        List<Rule> all = [];
        foreach (RuleMatch? source in parser._sources.DefaultIfEmpty())
        {
            foreach (RuleMatch? destination in parser._destinations.DefaultIfEmpty())
            {
                all.Add(new Rule { Matches = [.. new[] { source, destination }.OfType<RuleMatch>(), .. matches], Target = parser._target });
            }
        }

        rules = [.. all];
        return parser._error;
    }

    private void Parse()
    {
        while (_error is null && _position < words.Count)
        {
            string word = words[_position++];
            string option = word.StartsWith("--", StringComparison.Ordinal) ? RuleOptions.Expand(word, OpenModules(), _targetName) : word;
            if (word == "!")
            {
                _negated = true;
                continue;
            }

            if (!TryBasic(option) && !TryMatch(option) && !TryTarget(option))
            {
                Fail(word.StartsWith('-') ? $"unknown option \"{word}\"" : $"Bad argument `{word}'");
            }

            _negated = false;
        }

        foreach (string module in _modules)
        {
            CheckModule(module);
        }

        if (_error is null && _target is null && _targetName is not null)
        {
            FinishTarget();
        }
    }

    /// <summary>The matches that may have options: those of -m, and the one that -p brings along.</summary>
    private IEnumerable<string> OpenModules() =>
        _modules.Concat(_matches.OfType<RuleMatch.Protocol>().Select(m => ProtocolNames.Text(m.Number)));

    /// <summary>The matches, with extensions that were named but got no option as such, each in its place.</summary>
    private List<RuleMatch> Ordered()
    {
        List<RuleMatch> ordered = [.. _matches.OrderBy(m => RuleText.IsBasic(m) ? 0 : 1)];

        // An extension writes its options in an order of its own, whichever way they were given.
        for (int start = 0; start < ordered.Count;)
        {
            int group = RuleText.OptionGroup(ordered[start]);
            int end = start + 1;
            while (group != 0 && end < ordered.Count && RuleText.OptionGroup(ordered[end]) == group)
            {
                end++;
            }

            List<RuleMatch> run = [.. ordered[start..end].OrderBy(RuleText.OptionPlace)];
            for (int i = 0; i < run.Count; i++)
            {
                ordered[start + i] = run[i];
            }

            start = end;
        }

        return ordered;
    }

    private bool TryBasic(string word)
    {
        switch (word)
        {
            case "-s" or "--source" or "--src":
                Once("-s", _sources.Count > 0);
                _sources.AddRange(Prefixes().Select(prefix => new RuleMatch.Source(prefix, _negated)));
                return true;
            case "-d" or "--destination" or "--dst":
                Once("-d", _destinations.Count > 0);
                _destinations.AddRange(Prefixes().Select(prefix => new RuleMatch.Destination(prefix, _negated)));
                return true;
            case "-i" or "--in-interface":
                _matches.Add(new RuleMatch.Input(Interface(), _negated));
                return true;
            case "-o" or "--out-interface":
                _matches.Add(new RuleMatch.Output(Interface(), _negated));
                return true;
            case "-p" or "--protocol" or "--proto":
                Once("-p", _matches.Exists(m => m is RuleMatch.Protocol));
                ParseProtocol();
                return true;
            case "-f" or "--fragments":
                _matches.Add(new RuleMatch.Fragment(_negated));
                return true;
            case "-m" or "--match":
                OpenModule(Next());
                return true;
            case "-j" or "--jump":
                Once("-j", _targetName is not null);
                ParseJump();
                return true;
            case "-g" or "--goto":
                _target = new RuleTarget.Goto(Next());
                return true;
            default:
                return false;
        }
    }

    private void ParseProtocol()
    {
        string name = Next();
        if (_error is null && !ProtocolNames.TryParse(name, out IPProtocol protocol))
        {
            Fail($"unknown protocol \"{name}\" specified");
        }
        else if (_error is null && ProtocolNames.TryParse(name, out protocol) && protocol != 0)
        {
            _matches.Add(new RuleMatch.Protocol(protocol, _negated));
        }
    }

    /// <summary>An extension that was opened must have an option that means something, and its protocol.</summary>
    private void CheckModule(string module)
    {
        (bool isThere, string option) = module switch
        {
            "mark" => (_matches.Exists(m => m is RuleMatch.Mark), "--mark"),
            "connmark" => (_matches.Exists(m => m is RuleMatch.ConnectionMark), "--mark"),
            "multiport" => (_matches.Exists(m => m is RuleMatch.Multiport), "--dports"),
            "set" => (_matches.Exists(m => m is RuleMatch.Set), "--match-set"),
            "comment" => (_matches.Exists(m => m is RuleMatch.Comment), "--comment"),
            "state" => (_matches.Exists(m => m is RuleMatch.State), "--state"),
            "length" => (_matches.Exists(m => m is RuleMatch.Length), "--length"),
            "mac" => (_matches.Exists(m => m is RuleMatch.Mac), "--mac-source"),
            "pkttype" => (_matches.Exists(m => m is RuleMatch.LinkType), "--pkt-type"),
            "statistic" => (_matches.Exists(m => m is RuleMatch.Chance or RuleMatch.Nth), "--mode"),
            "iprange" => (_matches.Exists(m => m is RuleMatch.AddressRange), "--src-range"),
            "ttl" or "hl" => (_matches.Exists(m => m is RuleMatch.Ttl), $"--{module}-eq"),
            _ => (true, string.Empty),
        };
        CheckLimitModule(module);
        if (!isThere)
        {
            Fail($"{module}: option \"{option}\" must be specified\n");
        }

        if (_error is null && module is "tcp" or "udp" or "udplite" or "sctp" && ProtocolNames.TryParse(module, out IPProtocol needed)
            && !HasProtocol(needed))
        {
            Fail($"{module.ToUpperInvariant()} match requires '-p {module}'");
        }
    }

    private void Once(string flag, bool isThere)
    {
        if (isThere)
        {
            Fail($"multiple {flag} flags not allowed");
        }
    }

    private void OpenModule(string name)
    {
        if (_error is null && !Modules.Contains(name, StringComparer.Ordinal))
        {
            Fail($"Couldn't load match `{name}':No such file or directory\n");
            return;
        }

        _modules.Add(name);
        string next = _position < words.Count ? words[_position] : string.Empty;

        // A protocol's extension may stand alone; so may rpfilter, whose defaults are a match.
        bool alone = !next.StartsWith("--", StringComparison.Ordinal) && next != "!";
        if (name == "rpfilter")
        {
            _matches.Add(new RuleMatch.ReversePath());
        }
        else if (alone && name is "tcp" or "udp" or "sctp" or "udplite" && alone && !LaterOption(name))
        {
            _matches.Add(new RuleMatch.Module(name));
        }
        else if (name == "physdev")
        {
            _matches.Add(new RuleMatch.PhysicalDevice());
        }
        else if (name is "recent")
        {
            _matches.Add(new RuleMatch.Recent("DEFAULT", RecentAction.Check));
        }
        else if (name is "connlimit")
        {
            _matches.Add(new RuleMatch.ConnectionLimit());
        }
        else if (name is "hashlimit")
        {
            _matches.Add(new RuleMatch.HashLimit());
        }
        else if (name is "string")
        {
            _matches.Add(new RuleMatch.StringPattern());
        }
        else if (name is "addrtype")
        {
            _matches.Add(new RuleMatch.AddressType());
        }
        else if (name == "limit")
        {
            // Three an hour is what the extension begins with.
            _matches.Add(new RuleMatch.Limit(3, 3600));
        }
    }

    /// <summary>Whether an option of the protocol's extension comes after others: its -m may stand before -p.</summary>
    private bool LaterOption(string module) => words.Skip(_position).Any(word => word is
        "--sport" or "--source-port" or "--dport" or "--destination-port"
        || (module == "tcp" && word is "--tcp-flags" or "--syn" or "--tcp-option"));

    private string Interface()
    {
        string name = Next();
        if (name.Length > 15)
        {
            Fail($"interface name `{name}' must be shorter than IFNAMSIZ (15)");
        }

        return name;
    }

    /// <summary>Addresses or prefixes with commas between them.</summary>
    private InternetPrefix[] Prefixes()
    {
        string[] texts = Next().Split(',');
        if (texts.Length > 1 && _negated)
        {
            Fail("! not allowed with multiple source or destination IP addresses");
        }

        return [.. texts.SelectMany(Prefix)];
    }

    private InternetPrefix[] Prefix() => Prefix(Next());

    /// <summary>One address or prefix, of the table's family; a mask may be dotted.</summary>
    private InternetPrefix[] Prefix(string text)
    {
        text = text == "localhost" ? (family == AddressFamily.IPv4 ? "127.0.0.1" : "::1") : text;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && IPv4Address.TryParse(text.AsSpan(slash + 1), out IPv4Address mask) && text[(slash + 1)..].Contains('.', StringComparison.Ordinal))
        {
            int length = System.Numerics.BitOperations.PopCount(mask.Value);
            text = IPv4Address.MaskOf(length) == mask.Value ? $"{text[..slash]}/{length}" : text;
        }

        if (_error is not null || !InternetPrefix.TryParse(text, out InternetPrefix prefix) || prefix.Family != family)
        {
            Fail(slash >= 0 && InternetAddress.TryParse(text.AsSpan(0, slash), out InternetAddress address) && address.Family == family
                ? $"invalid mask `{text[(slash + 1)..]}' specified"
                : $"host/network `{text}' not found");
            return [];
        }

        return [prefix];
    }

    private string Next()
    {
        if (_position < words.Count)
        {
            return words[_position++];
        }

        Fail($"option \"{(words.Count > 0 ? words[^1] : string.Empty)}\" requires an argument");
        return string.Empty;
    }

    private uint Number(string text, uint maximum = uint.MaxValue)
    {
        if (TryNumber(text, out uint value) && value <= maximum)
        {
            return value;
        }

        Fail($"bad integer value \"{text}\", or out of range.");
        return 0;
    }

    private static bool TryNumber(string text, out uint value) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>A value with an optional mask.</summary>
    private (uint Value, uint Mask) Masked(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? (Number(text), uint.MaxValue)
            : (Number(text[..slash]), Number(text[(slash + 1)..]));
    }

    private PortRange Range(string text, char separator = ':')
    {
        int colon = text.IndexOf(separator, StringComparison.Ordinal);
        if (colon < 0)
        {
            ushort port = Port(text);
            return new PortRange(port, port);
        }

        PortRange range = new(
            colon == 0 ? (ushort)0 : Port(text[..colon]), colon == text.Length - 1 ? ushort.MaxValue : Port(text[(colon + 1)..]));
        if (range.First > range.Last)
        {
            Fail($"invalid portrange (min > max)");
        }

        return range;
    }

    /// <summary>A port, or one of the services that rules name most.</summary>
    private ushort Port(string text) => text switch
    {
        "ftp" => 21,
        "ssh" => 22,
        "smtp" => 25,
        "domain" => 53,
        "bootps" => 67,
        "bootpc" => 68,
        "http" => 80,
        "ntp" => 123,
        "bgp" => 179,
        "https" => 443,
        _ => PortNumber(text),
    };

    private ushort PortNumber(string text)
    {
        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            Fail($"invalid port/service `{text}' specified");
        }

        return port;
    }

    private void Fail(string error) => _error ??= error;
}
