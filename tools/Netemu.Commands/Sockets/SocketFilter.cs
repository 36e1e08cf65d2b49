using System;
using System.Collections.Generic;
using System.Globalization;
using Netemu.Core.Addresses;

namespace Netemu.Commands.Sockets;

/// <summary>The filter words of ss: states, ports and addresses, joined by "and" (the parts that scripts use).</summary>
internal sealed class SocketFilter
{
    private readonly List<Func<SocketRow, bool>> _conditions = [];
    private readonly HashSet<string> _states = [];

    /// <summary>The states that were asked for; empty for none.</summary>
    public bool HasStates => _states.Count > 0;

    /// <summary>Reads the words; null, with the one that is not understood, if there is one.</summary>
    public static SocketFilter? Parse(IReadOnlyList<string> words, out string wrong)
    {
        SocketFilter filter = new();
        wrong = string.Empty;
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            if (word is "and" or "(" or ")")
            {
                continue;
            }

            if (i + 1 >= words.Count)
            {
                wrong = word;
                return null;
            }

            bool equals = words[i + 1] is "=" or "==" or "eq";
            string value = equals && i + 2 < words.Count ? words[i + 2] : words[i + 1];
            if (!filter.Add(word, value))
            {
                wrong = word is "state" ? value : word;
                return null;
            }

            i += equals ? 2 : 1;
        }

        return filter;
    }

    public bool Takes(SocketRow row) => _conditions.TrueForAll(c => c(row)) && (_states.Count == 0 || _states.Contains(row.State));

    private bool Add(string word, string value)
    {
        switch (word)
        {
            case "state":
                foreach (string state in StatesOf(value))
                {
                    _states.Add(state);
                }

                return _states.Count > 0;
            case "sport" or "dport":
                string port = value.TrimStart(':');
                port = int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? port : PortOf(port);
                _conditions.Add(word == "sport" ? r => r.LocalPort == port : r => r.PeerPort == port);
                return port.Length > 0;
            case "src" or "dst":
                return AddAddress(value, word == "src");
            default:
                return false;
        }
    }

    private bool AddAddress(string value, bool local)
    {
        if (InternetPrefix.TryParse(value, out InternetPrefix prefix))
        {
            _conditions.Add(r => InternetAddress.TryParse((local ? r.LocalAddress : r.PeerAddress).Trim('[', ']'), out InternetAddress a)
                && prefix.Contains(a));
            return true;
        }

        int colon = value.IndexOf(':', StringComparison.Ordinal) == value.LastIndexOf(':') ? value.LastIndexOf(':') : -1;
        string text = colon < 0 ? value : value[..colon];
        if (!InternetAddress.TryParse(text, out InternetAddress wanted))
        {
            return false;
        }

        string shown = wanted.IsIPv6 ? $"[{wanted}]" : wanted.ToString();
        _conditions.Add(r => (local ? r.LocalAddress : r.PeerAddress) == shown);
        return colon < 0 || Add(local ? "sport" : "dport", value[colon..]);
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
