using System;
using System.Collections.Generic;
using System.Globalization;
using Netemu.Core.Addresses;

namespace Netemu.Commands.Sockets;

/// <summary>
/// The filter words of ss: states, ports and addresses, joined by "and", "or", "not" and parentheses. States hold for the whole, wherever
/// they stand, as in ss.
/// </summary>
internal sealed class SocketFilter
{
    private readonly string[] _words;
    private int _position;
    private string? _wrong;
    private bool _isStateWrong;

    private Func<SocketRow, bool> _takes = static _ => true;
    private readonly HashSet<string> _states = [];

    private SocketFilter(string[] words) => _words = words;

    /// <summary>The states that were asked for; empty for none.</summary>
    public bool HasStates => _states.Count > 0;

    /// <summary>One state was asked for, so that nobody needs to be told which (ss leaves its column out).</summary>
    public bool HasOneState => _states.Count == 1;

    /// <summary>Reads the words; null, with what ss says of it, if there is one that is not understood.</summary>
    public static SocketFilter? Parse(IReadOnlyList<string> operands, out string error)
    {
        // The whole expression may be quoted, as ss(8) does it: 'sport = :80 and dst 10.0.0.0/8'.
        string[] words = string.Join(' ', operands).Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        SocketFilter filter = new(words);
        Func<SocketRow, bool> takes = words.Length == 0 ? static _ => true : filter.Either();
        filter._takes = takes;
        string wrong = filter._wrong ?? (filter._position < words.Length ? words[filter._position] : string.Empty);
        error = filter._isStateWrong ? $"ss: wrong state name: {wrong}"
            : $"ss: bison bellows (while parsing filter): \"syntax error!\"\nhint: near '{wrong}'; known are state, sport, dport, src and dst, joined by \"and\", \"or\" and \"not\"";
        return wrong.Length == 0 ? filter : null;
    }

    public bool Takes(SocketRow row) => _takes(row) && (_states.Count == 0 || _states.Contains(row.State));

    /// <summary>Conditions of which one must hold.</summary>
    private Func<SocketRow, bool> Either()
    {
        Func<SocketRow, bool> left = Both();
        while (Accept("or") || Accept("||"))
        {
            (Func<SocketRow, bool> first, Func<SocketRow, bool> second) = (left, Both());
            left = r => first(r) || second(r);
        }

        return left;
    }

    /// <summary>Conditions that must all hold; "and" may be left out.</summary>
    private Func<SocketRow, bool> Both()
    {
        Func<SocketRow, bool> left = One();
        while (_wrong is null && _position < _words.Length && _words[_position] is not (")" or "or" or "||"))
        {
            _ = Accept("and") || Accept("&&");
            (Func<SocketRow, bool> first, Func<SocketRow, bool> second) = (left, One());
            left = r => first(r) && second(r);
        }

        return left;
    }

    private Func<SocketRow, bool> One()
    {
        if (Accept("not") || Accept("!"))
        {
            Func<SocketRow, bool> inner = One();
            return r => !inner(r);
        }

        if (Accept("("))
        {
            Func<SocketRow, bool> inner = Either();
            _wrong ??= Accept(")") ? null : "(";
            return inner;
        }

        string word = Next();
        bool differs = Accept("!=") || Accept("ne") || Accept("neq");
        _ = differs || Accept("=") || Accept("==") || Accept("eq");
        string value = Next();
        if (_wrong is not null || Condition(word, value) is not { } condition)
        {
            _isStateWrong = _wrong is null && word is "state";
            _wrong ??= word is "state" ? value : word;
            return static _ => false;
        }

        return differs ? r => !condition(r) : condition;
    }

    private bool Accept(string word)
    {
        bool found = _wrong is null && _position < _words.Length && _words[_position] == word;
        _position += found ? 1 : 0;
        return found;
    }

    private string Next()
    {
        if (_position < _words.Length)
        {
            return _words[_position++];
        }

        _wrong ??= _words.Length > 0 ? _words[^1] : string.Empty;
        return string.Empty;
    }

    /// <summary>What one word asks of a row, or null if it is not understood; a state goes to those of the whole.</summary>
    private Func<SocketRow, bool>? Condition(string word, string value)
    {
        switch (word)
        {
            case "state":
                string[] states = StatesOf(value);
                _states.UnionWith(states);
                return states.Length > 0 ? static _ => true : null;
            case "sport" or "dport":
                string port = value.TrimStart(':');
                port = int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? port : PortOf(port);
                return port.Length == 0 ? null : word == "sport" ? r => r.LocalPort == port : r => r.PeerPort == port;
            case "src" or "dst":
                return AddressCondition(value, word == "src");
            default:
                return null;
        }
    }

    /// <summary>A prefix, an address, or an address with a port.</summary>
    private Func<SocketRow, bool>? AddressCondition(string value, bool local)
    {
        if (InternetPrefix.TryParse(value, out InternetPrefix prefix))
        {
            return r => InternetAddress.TryParse((local ? r.LocalAddress : r.PeerAddress).Trim('[', ']'), out InternetAddress a) && prefix.Contains(a);
        }

        int colon = value.IndexOf(':', StringComparison.Ordinal) == value.LastIndexOf(':') ? value.LastIndexOf(':') : -1;
        string text = colon < 0 ? value : value[..colon];
        if (!InternetAddress.TryParse(text, out InternetAddress wanted))
        {
            return null;
        }

        string shown = wanted.IsIPv6 ? $"[{wanted}]" : wanted.ToString();
        Func<SocketRow, bool> address = r => (local ? r.LocalAddress : r.PeerAddress) == shown;
        return colon < 0 ? address
            : Condition(local ? "sport" : "dport", value[colon..]) is { } port ? r => address(r) && port(r)
            : null;
    }

    private static string[] StatesOf(string word) => word switch
    {
        "established" => ["ESTAB"],
        "syn-sent" => ["SYN-SENT"],
        "syn-recv" => ["SYN-RECV"],
        "fin-wait-1" => ["FIN-WAIT-1"],
        "fin-wait-2" => ["FIN-WAIT-2"],
        "time-wait" => ["TIME-WAIT"],
        "closed" or "unconnected" => ["UNCONN"],
        "close-wait" => ["CLOSE-WAIT"],
        "last-ack" => ["LAST-ACK"],
        "listening" or "listen" => ["LISTEN", "UNCONN"],
        "closing" => ["CLOSING"],
        "connected" => ["ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSE-WAIT", "LAST-ACK", "CLOSING"],
        "synchronized" => ["ESTAB", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSE-WAIT", "LAST-ACK", "CLOSING"],
        "bucket" => ["SYN-RECV", "TIME-WAIT"],
        "all" => ["ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "UNCONN", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING"],
        _ => [],
    };

    private static string PortOf(string name)
    {
        for (int port = 1; port < 10_000; port++)
        {
            if (Applications.ServiceNames.Of(port, udp: false) == name || Applications.ServiceNames.Of(port, udp: true) == name)
            {
                return port.ToString(CultureInfo.InvariantCulture);
            }
        }

        return string.Empty;
    }
}
