using System.Collections.Generic;
using System.Text;
using Netemu.Core.Randomness;

namespace Netemu.Live.Tests.Differential;

/// <summary>A rule set of random rules in mangle and filter, with chains that jump, go and return: what iptables-restore reads.</summary>
internal sealed class RandomRules(long seed)
{
    private const int UserChains = 3;

    private readonly RandomSource _random = new(seed, "differential/rules");

    public string Take()
    {
        StringBuilder text = new("*mangle\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n");
        for (int i = 0; i < 4; i++)
        {
            text.Append($"-A PREROUTING {Conditions("PREROUTING")}-j MARK --set-xmark 0x{_random.NextBelow(4):x}/0x{(_random.NextChance(1, 2) ? 0xffffffff : 3):x}\n");
        }

        text.Append("COMMIT\n*filter\n");
        foreach (string chain in (IEnumerable<string>)["INPUT", "FORWARD", "OUTPUT"])
        {
            text.Append($":{chain} {(_random.NextChance(1, 3) ? "DROP" : "ACCEPT")} [0:0]\n");
        }

        for (int i = 1; i <= UserChains; i++)
        {
            text.Append($":U{i} - [0:0]\n");
        }

        AddRules(text, "INPUT", 0, 8);
        AddRules(text, "FORWARD", 0, 12);
        AddRules(text, "OUTPUT", 0, 3);
        for (int i = 1; i <= UserChains; i++)
        {
            AddRules(text, $"U{i}", i, 6);
        }

        return text.Append("COMMIT\n").ToString();
    }

    private void AddRules(StringBuilder text, string chain, int level, int most)
    {
        long count = 1 + _random.NextBelow((uint)most);
        for (long i = 0; i < count; i++)
        {
            text.Append($"-A {chain} {Conditions(chain)}{Target(level)}\n");
        }
    }

    /// <summary>Chains are called downwards only, so that none comes back to itself.</summary>
    private string Target(int level)
    {
        int next = level + 1 + (int)_random.NextBelow(UserChains);
        return _random.NextBelow(8) switch
        {
            0 or 1 => "-j ACCEPT",
            2 => "-j DROP",
            3 when level > 0 => "-j RETURN",
            4 or 5 when next <= UserChains => $"-j U{next}",
            6 when next <= UserChains => $"-g U{next}",
            _ => "-j DROP",
        };
    }

    private string Conditions(string chain)
    {
        StringBuilder text = new();
        if (_random.NextChance(1, 3))
        {
            text.Append($"{Not()}-s 10.128.{_random.NextBelow(2)}.{_random.NextBelow(8) * 32}/27 ");
        }

        if (_random.NextChance(1, 4))
        {
            text.Append(Not()).Append(_random.NextChance(1, 2) ? "-d 10.2.0.1/32 " : "-d 10.2.0.0/24 ");
        }

        if (chain is "FORWARD" or "PREROUTING" && _random.NextChance(1, 6))
        {
            text.Append(Not()).Append("-i eth1 ");
        }

        switch (_random.NextBelow(5))
        {
            case 0:
                text.Append("-p tcp ").Append(Ports("tcp"));
                text.Append(_random.NextChance(1, 4) ? "-m tcp --tcp-flags FIN,SYN,RST,ACK SYN " : string.Empty);
                break;
            case 1:
                text.Append("-p udp ").Append(Ports("udp"));
                break;
            case 2:
                text.Append("-p icmp ").Append(_random.NextChance(1, 2) ? "-m icmp --icmp-type 8 " : string.Empty);
                break;
            default:
                break;
        }

        switch (_random.NextBelow(9))
        {
            case 0:
                text.Append($"-m length --length {28 + _random.NextBelow(20)}:{60 + _random.NextBelow(100)} ");
                break;
            case 1:
                text.Append($"-m ttl --ttl-{(_random.NextChance(1, 2) ? "gt" : "lt")} {_random.NextBelow(70)} ");
                break;
            case 2:
                text.Append($"-m mark {Not()}--mark 0x{_random.NextBelow(4):x} ");
                break;
            case 3:
                text.Append(_random.NextChance(1, 2) ? "-m conntrack --ctstate NEW " : "-m conntrack --ctstate RELATED,ESTABLISHED ");
                break;
            case 4 when chain is "FORWARD" or "INPUT":
                text.Append($"-m mac {Not()}--mac-source 02:00:00:00:01:01 ");
                break;
            case 5:
                text.Append(_random.NextChance(1, 2) ? "-m addrtype --dst-type LOCAL " : "-m addrtype ! --dst-type LOCAL ");
                break;
            default:
                break;
        }

        return text.ToString();
    }

    private string Ports(string protocol) => _random.NextBelow(5) switch
    {
        0 => $"-m {protocol} {Not()}--dport {Port()} ",
        1 => $"-m {protocol} --dport {1000 + _random.NextBelow(5)}:{1006 + _random.NextBelow(5)} ",
        2 => $"-m {protocol} --sport {Port()} ",
        3 => $"-m multiport {Not()}--dports 22,80,1000:1004 ",
        _ => string.Empty,
    };

    private string Port() => $"{new[] { 22, 53, 80, 443, 1003, 8080 }[_random.NextBelow(6)]}";

    private string Not() => _random.NextChance(1, 4) ? "! " : string.Empty;
}
