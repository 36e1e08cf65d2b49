using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Numerics;
using Netemu.Bgp.Attributes;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>The words of one line, taken from the left. What can't be taken is a problem at the word.</summary>
internal sealed class FrrWords
{
    private readonly List<(string Text, int Column)> _words = [];

    /// <summary>The words as they are written in full, once they are taken.</summary>
    private readonly List<string> _full = [];
    private readonly string _line;
    private int _next;
    private int _understood;

    public FrrWords(string line)
    {
        _line = line;
        int at = 0;
        while (at < line.Length)
        {
            while (at < line.Length && char.IsWhiteSpace(line[at]))
            {
                at++;
            }

            int start = at;
            while (at < line.Length && !char.IsWhiteSpace(line[at]))
            {
                at++;
            }

            if (at > start)
            {
                _words.Add((line[start..at], start + 1));
                _full.Add(line[start..at]);
            }
        }
    }

    public bool IsEmpty => _words.Count == 0;

    public bool AtEnd => _next >= _words.Count;

    /// <summary>True for a line that takes something back.</summary>
    public bool IsNegated => _full.Count > 0 && _full[0] == "no";

    /// <summary>The next word, or "".</summary>
    public string Peek => AtEnd ? "" : _words[_next].Text;

    /// <summary>Where the next word stands.</summary>
    public int Column => ColumnOf(_next);

    /// <summary>Where the first word stands that nothing has understood.</summary>
    public int UnknownColumn => ColumnOf(Math.Max(_understood, _next));

    /// <summary>The number of the next word, to come back to.</summary>
    public int Position
    {
        get => _next;
        set => _next = value;
    }

    public string Next() => AtEnd ? throw new FrrSyntaxException("the line ends too early") : _words[_next++].Text;

    /// <summary>Takes these words if they come next.</summary>
    public bool Take(params ReadOnlySpan<string> words)
    {
        if (Common(words) < words.Length)
        {
            return false;
        }

        for (int i = 0; i < words.Length; i++)
        {
            _full[_next++] = words[i];
        }

        return true;
    }

    /// <summary>Takes the words of the statement that says most of what comes next; null where none does.</summary>
    public T? Take<T>(ImmutableArray<T> table)
        where T : FrrStatement
    {
        T? best = null;
        int longest = 0;
        foreach (T statement in table)
        {
            int common = Common(statement.Parts.AsSpan());
            longest = Math.Max(longest, common);
            best = common == statement.Parts.Length && common > (best?.Parts.Length ?? 0) ? statement : best;
        }

        _understood = Math.Max(_understood, _next + longest);
        _ = best is not null && Take(best.Parts.AsSpan());
        return best;
    }

    /// <summary>How many of these words come next.</summary>
    private int Common(ReadOnlySpan<string> words)
    {
        int common = 0;
        while (common < words.Length && _next + common < _words.Count && Means(_words[_next + common].Text, words[common]))
        {
            common++;
        }

        return common;
    }

    /// <summary>One word, in full once it has been taken.</summary>
    public string Word(int position) => _full[position];

    /// <summary>The words from one on, with one blank between them and each in full as far as they have been taken.</summary>
    public string TextFrom(int position) => string.Join(' ', _full.Skip(position));

    /// <summary>
    /// The word, or its beginning of three letters or more as vtysh takes it ("int", "addr"), unless that is a word itself.
    /// </summary>
    private static bool Means(string given, string word) =>
        string.Equals(given, word, StringComparison.OrdinalIgnoreCase)
        || (given.Length >= ShortestAbbreviation && word.StartsWith(given, StringComparison.Ordinal) && !_wholeWords.Contains(given));

    private const int ShortestAbbreviation = 3;

    /// <summary>Words that others begin with.</summary>
    private static readonly ImmutableArray<string> _wholeWords =
    [
        "bgp", "log", "route", "community", "large-community", "local", "default", "graceful-restart", "peer", "neighbor", "match", "set",
        "metric", "origin", "address", "rip", "any", "all", "med", "confed", "password", "extcommunity", "router", "bfd", "bmp", "timers",
    ];

    private int ColumnOf(int word) => word >= _words.Count ? _line.TrimEnd().Length + 1 : _words[word].Column;

    /// <summary>The rest of a line that takes something back says nothing more.</summary>
    public T? Drop<T>(T? value = default)
    {
        Rest();
        return value;
    }

    /// <summary>All words that are left, as they were written.</summary>
    public string Rest()
    {
        string rest = AtEnd ? "" : _line[(_words[_next].Column - 1)..].Trim();
        _next = _words.Count;
        return rest;
    }

    public uint Number(uint minimum = 0, uint maximum = uint.MaxValue)
    {
        string word = Peek;
        if (!uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out uint value) || value < minimum || value > maximum)
        {
            throw new FrrSyntaxException($"'{word}' is not a number from {minimum} to {maximum}");
        }

        _next++;
        return value;
    }

    /// <summary>A number that may come next.</summary>
    public bool TryNumber(out uint value)
    {
        bool found = uint.TryParse(Peek, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        _next += found ? 1 : 0;
        return found;
    }

    /// <summary>An AS number, plain or as two numbers with a dot.</summary>
    public uint As()
    {
        string word = Peek;
        string[] parts = word.Split('.');
        if (parts.Length == 2
            && ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort high)
            && ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort low))
        {
            _next++;
            return ((uint)high << 16) | low;
        }

        return Number(1);
    }

    public InternetAddress Address() => TryAddress(out InternetAddress address)
        ? address
        : throw new FrrSyntaxException($"'{Peek}' is not an address");

    public bool TryAddress(out InternetAddress address)
    {
        bool found = InternetAddress.TryParse(Peek, out address);
        _next += found ? 1 : 0;
        return found;
    }

    public Origin Origin() => Take("igp") ? Attributes.Origin.Igp
        : Take("egp") ? Attributes.Origin.Egp
        : Take("incomplete") ? Attributes.Origin.Incomplete
        : throw new FrrSyntaxException($"'{Peek}' is not igp, egp or incomplete");

    /// <summary>"AS:N" or "ADDRESS:N" of an extended community.</summary>
    public ExtendedCommunity ExtendedCommunity(byte subtype)
    {
        string word = Next();
        return Attributes.ExtendedCommunity.TryParse(word, subtype, out ExtendedCommunity community)
            ? community
            : throw new FrrSyntaxException($"'{word}' is not AS:number");
    }

    public IPv4Address IPv4() => Address() is { IsIPv4: true } address
        ? address.IPv4
        : throw new FrrSyntaxException("an IPv4 address is needed here");

    public InternetPrefix Prefix()
    {
        string word = Peek;
        if (!word.Contains('/', StringComparison.Ordinal) || !InternetPrefix.TryParse(word, out InternetPrefix prefix))
        {
            throw new FrrSyntaxException($"'{word}' is not a prefix");
        }

        _next++;
        return new InternetPrefix(prefix.Address, prefix.Length);
    }

    /// <summary>A prefix of one family.</summary>
    public InternetPrefix Prefix(AddressFamily family)
    {
        int position = Position;
        InternetPrefix prefix = Prefix();
        if (prefix.Family != family)
        {
            Position = position;
            throw new FrrSyntaxException($"'{Peek}' is of the other family");
        }

        return prefix;
    }

    /// <summary>A prefix with its length, or an IPv4 address and a mask behind it: "10.0.0.0 255.0.0.0".</summary>
    public InternetPrefix PrefixOrMask() =>
        TryBareIPv4(out InternetAddress address) ? new InternetPrefix(address, LengthOf(IPv4().Value)) : Prefix();

    /// <summary>The same for "network": "A mask M", and an address alone, which has the length of its class.</summary>
    public InternetPrefix Network() => !TryBareIPv4(out InternetAddress address) ? Prefix()
        : new InternetPrefix(address, Take("mask") ? LengthOf(IPv4().Value) : LengthOfClass(address.IPv4));

    /// <summary>The prefix length of the classes A, B and C as they were.</summary>
    public static int LengthOfClass(IPv4Address address) => (address.Value >> 30) switch
    {
        0 or 1 => 8,
        2 => 16,
        _ => 24,
    };

    /// <summary>What a zebra access list has: a prefix, "host A", "A", or "A WILDCARD".</summary>
    public InternetPrefix AccessPrefix()
    {
        bool host = Take("host");
        return !TryBareIPv4(out InternetAddress address) ? Prefix()
            : new InternetPrefix(address, host || !InternetAddress.TryParse(Peek, out _) ? 32 : LengthOf(~IPv4().Value));
    }

    /// <summary>Takes an IPv4 address that has no length.</summary>
    private bool TryBareIPv4(out InternetAddress address)
    {
        bool found = InternetAddress.TryParse(Peek, out address) && address.IsIPv4;
        _next += found ? 1 : 0;
        return found;
    }

    private static int LengthOf(uint mask)
    {
        int length = BitOperations.LeadingZeroCount(~mask);
        return mask == (length == 0 ? 0 : uint.MaxValue << (32 - length))
            ? length
            : throw new FrrSyntaxException("the mask has a hole");
    }

    /// <summary>Nothing may follow.</summary>
    public void End()
    {
        if (!AtEnd)
        {
            throw new FrrSyntaxException($"'{Peek}' is not expected here");
        }
    }
}
