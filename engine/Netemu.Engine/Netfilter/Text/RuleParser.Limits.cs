using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>The options of dscp, tos, connlimit, hashlimit and string.</summary>
internal sealed partial class RuleParser
{
    /// <summary>The classes of RFC 2474, RFC 2597 and RFC 3246 by name (libxt_dscp_helper).</summary>
    private static readonly ImmutableArray<(string Name, byte Value)> DscpClasses =
    [
        .. Enumerable.Range(0, 8).Select(i => ($"CS{i}", (byte)(i * 8))), ("BE", 0),
        .. from queue in Enumerable.Range(1, 4) from drop in Enumerable.Range(1, 3) select ($"AF{queue}{drop}", (byte)((queue * 8) + (drop * 2))),
        ("EF", 46),
    ];

    private static readonly ImmutableArray<(string Name, byte Value)> TosNames =
    [
        ("Minimize-Delay", 0x10), ("Maximize-Throughput", 0x08), ("Maximize-Reliability", 0x04), ("Minimize-Cost", 0x02), ("Normal-Service", 0x00),
    ];

    private static readonly ImmutableArray<(string Name, HashLimitModes Value)> HashModes = RuleKeywords.HashModes;

    private bool TryLimitMatch(string word)
    {
        bool negated = _negated;
        switch (word)
        {
            case "--dscp":
                _matches.Add(new RuleMatch.Dscp((byte)InRange("dscp", word, 63), negated));
                return true;
            case "--dscp-class":
                string name = Next();
                if (!RuleKeywords.TryFind(DscpClasses, name.ToUpperInvariant(), out byte dscp))
                {
                    Fail($"Invalid DSCP value `{name}'");
                }

                _matches.Add(new RuleMatch.Dscp(dscp, negated));
                return true;
            case "--tos" when _modules.Contains("tos"):
                _matches.Add(Tos(Next(), negated));
                return true;
            default:
                return TryConnectionLimit(word, negated) || TryHashLimit(word) || TryString(word, negated);
        }
    }

    private bool TryConnectionLimit(string word, bool negated)
    {
        switch (word)
        {
            case "--connlimit-above" or "--connlimit-upto":
                uint most = InRange("connlimit", word, uint.MaxValue);
                bool upTo = word == "--connlimit-upto";
                Change<RuleMatch.ConnectionLimit>(limit => limit with { Most = most, UpTo = upTo != negated });
                return true;
            case "--connlimit-mask":
                int length = (int)InRange("connlimit", word, 128);
                Change<RuleMatch.ConnectionLimit>(limit => limit with { MaskLength = length });
                return true;
            case "--connlimit-saddr" or "--connlimit-daddr":
                Change<RuleMatch.ConnectionLimit>(limit => limit with { ByDestination = word == "--connlimit-daddr" });
                return true;
            default:
                return false;
        }
    }

    private bool TryHashLimit(string word)
    {
        switch (word)
        {
            case "--hashlimit-upto" or "--hashlimit" or "--hashlimit-above":
                string rate = Next();
                RuleMatch.Limit? parsed = HashRate(rate, word);
                bool above = word == "--hashlimit-above" ? !_negated : _negated;
                Change<RuleMatch.HashLimit>(limit => limit with { Rate = parsed, Above = above });
                return true;
            case "--hashlimit-burst":
                int burst = (int)InRange("hashlimit", word, 10_000, 1);
                Change<RuleMatch.HashLimit>(limit => limit with { Burst = burst });
                return true;
            case "--hashlimit-mode":
                HashLimitModes modes = HashMode(Next());
                Change<RuleMatch.HashLimit>(limit => limit with { Modes = modes });
                return true;
            case "--hashlimit-name":
                string name = Next();
                Change<RuleMatch.HashLimit>(limit => limit with { Name = name });
                return true;
            case "--hashlimit-srcmask" or "--hashlimit-dstmask":
                int length = (int)InRange("hashlimit", word, family == AddressFamily.IPv4 ? 32u : 128);
                bool isSource = word == "--hashlimit-srcmask";
                Change<RuleMatch.HashLimit>(limit => isSource ? limit with { SourceMask = length } : limit with { DestinationMask = length });
                return true;
            case "--hashlimit-htable-size" or "--hashlimit-htable-max" or "--hashlimit-htable-gcinterval" or "--hashlimit-htable-expire":
                uint value = InRange("hashlimit", word, uint.MaxValue, 1);
                Change<RuleMatch.HashLimit>(limit => word switch
                {
                    "--hashlimit-htable-size" => limit with { Size = value },
                    "--hashlimit-htable-max" => limit with { Most = value },
                    "--hashlimit-htable-gcinterval" => limit with { CollectionMilliseconds = value },
                    _ => limit with { ExpiryMilliseconds = value },
                });
                return true;
            default:
                return false;
        }
    }

    private bool TryString(string word, bool negated)
    {
        bool isOpen = _modules.LastOrDefault() == "string";
        switch (word)
        {
            case "--string" or "--hex-string" when isOpen:
                string pattern = word == "--string" ? Next() : Hex(Next());
                if (pattern.Length is 0 or > 127)
                {
                    Fail(pattern.Length == 0 ? "STRING must contain at least one char" : $"STRING too long \"{pattern}\"");
                }

                Change<RuleMatch.StringPattern>(text => text with { Pattern = pattern, Negated = negated });
                return true;
            case "--algo" when isOpen:
                string algorithm = Next();
                if (_error is null && algorithm is not ("bm" or "kmp" or "fsm"))
                {
                    Fail($"string: there is no algorithm \"{algorithm}\": bm, kmp and fsm are known");
                }

                Change<RuleMatch.StringPattern>(text => text with { Algorithm = algorithm });
                return true;
            case "--from" or "--to" when isOpen:
                ushort end = (ushort)InRange("string", word, ushort.MaxValue);
                Change<RuleMatch.StringPattern>(text => word == "--from" ? text with { From = end } : text with { To = end });
                return true;
            case "--icase" when isOpen:
                Change<RuleMatch.StringPattern>(text => text with { IgnoreCase = true });
                return true;
            default:
                return false;
        }
    }

    /// <summary>What an extension of these needs, in its own words.</summary>
    private void CheckLimitModule(string module)
    {
        string? missing = module switch
        {
            "dscp" when !_matches.Exists(m => m is RuleMatch.Dscp) => "DSCP match: Parameter --dscp is required",
            "tos" when !_matches.Exists(m => m is RuleMatch.TypeOfService) => "tos: option \"--tos\" must be specified\n",
            "connlimit" when _matches.Exists(m => m is RuleMatch.ConnectionLimit { Most: null }) =>
                "You must specify \"--connlimit-above\" or \"--connlimit-upto\".",
            "hashlimit" when _matches.Exists(m => m is RuleMatch.HashLimit { Rate: null }) => "You have to specify --hashlimit",
            "hashlimit" when _matches.Exists(m => m is RuleMatch.HashLimit { Name: "" }) => "hashlimit: option \"--hashlimit-name\" must be specified\n",
            "string" when _matches.Exists(m => m is RuleMatch.StringPattern { Pattern: null }) => "STRING match: You must specify `--string' or `--hex-string'",
            "string" when _matches.Exists(m => m is RuleMatch.StringPattern { Algorithm: null }) => "string: option \"--algo\" must be specified\n",
            _ => null,
        };
        if (missing is not null)
        {
            Fail(missing);
        }
    }

    private uint InRange(string module, string option, uint maximum, uint minimum = 0)
    {
        if (TryNumber(Next(), out uint value) && value >= minimum && value <= maximum)
        {
            return value;
        }

        Fail($"{module}: bad value for option \"{option}\", or out of range ({minimum}-{maximum}).\n");
        return 0;
    }

    private RuleMatch.TypeOfService Tos(string text, bool negated)
    {
        // A name is about the bits of RFC 1349, a number about all.
        if (TosNames.FirstOrDefault(n => n.Name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { Name: not null } known)
        {
            return new RuleMatch.TypeOfService(known.Value, 0x3F, negated);
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        uint mask = 0xFF;
        if (!TryNumber(slash < 0 ? text : text[..slash], out uint value) || value > 255
            || (slash >= 0 && (!TryNumber(text[(slash + 1)..], out mask) || mask > 255)))
        {
            Fail($"tos: Bad value for \"--tos\" option: \"{text}\"");
        }

        return new RuleMatch.TypeOfService((byte)value, (byte)mask, negated);
    }

    private RuleMatch.Limit? HashRate(string text, string option)
    {
        string[] parts = text.Split('/');
        string unit = parts.Length > 1 ? parts[1] : "second";
        (string Name, int Seconds) found = RuleKeywords.RateUnits.FirstOrDefault(u => unit.Length > 0 && u.Name.StartsWith(unit, StringComparison.OrdinalIgnoreCase));
        if (unit == "s" && parts[0].EndsWith('b'))
        {
            Fail("hashlimit: rates of bytes are not supported here");
        }
        else if (parts.Length > 2 || found.Name is null || !TryNumber(parts[0], out uint count) || count == 0 || count > 1_000_000)
        {
            Fail($"hashlimit: Bad value for \"{option}\" option: \"{text}\"");
        }
        else
        {
            return new RuleMatch.Limit((int)count, found.Seconds);
        }

        return null;
    }

    private HashLimitModes HashMode(string text)
    {
        HashLimitModes modes = HashLimitModes.None;
        foreach (string word in text.Split(','))
        {
            if (!RuleKeywords.TryFind(HashModes, word, out HashLimitModes mode))
            {
                Fail($"hashlimit: Bad value for \"--hashlimit-mode\" option: \"{text}\"");
            }

            modes |= mode;
        }

        return modes;
    }

    /// <summary>Text with bytes in hexadecimal between bars: |0d0a|GET.</summary>
    private string Hex(string text)
    {
        StringBuilder bytes = new();
        bool isHex = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '|')
            {
                isHex = !isHex;
            }
            else if (!isHex)
            {
                bytes.Append(text[i]);
            }
            else if (text[i] != ' ')
            {
                if (i + 1 >= text.Length || !byte.TryParse(text.AsSpan(i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
                {
                    Fail($"Odd number of literal hex digits");
                    return " ";
                }

                bytes.Append((char)value);
                i++;
            }
        }

        return bytes.ToString();
    }
}
