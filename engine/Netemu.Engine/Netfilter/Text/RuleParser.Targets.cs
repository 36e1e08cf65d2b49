using System;
using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>`-j` and the options of targets.</summary>
internal sealed partial class RuleParser
{
    private void ParseJump()
    {
        _targetName = Next();
        _target = _targetName switch
        {
            "ACCEPT" => new RuleTarget.Accept(),
            "DROP" => new RuleTarget.Drop(),
            "RETURN" => new RuleTarget.Return(),
            "REJECT" => new RuleTarget.Reject(),
            "LOG" => new RuleTarget.Log(),
            "NFLOG" => new RuleTarget.NfLog(),
            "NOTRACK" => new RuleTarget.NoTrack(OldName: true),
            "MASQUERADE" => new RuleTarget.Masquerade(),
            "REDIRECT" => new RuleTarget.Redirect(),
            "MARK" or "CONNMARK" or "CT" or "DNAT" or "SNAT" or "NETMAP" or "TCPMSS" => null,
            string chain => new RuleTarget.Jump(chain),
        };
    }

    private void FinishTarget() => Fail($"{_targetName}: option \"{_targetName switch
    {
        "DNAT" => "--to-destination",
        "SNAT" => "--to-source",
        "NETMAP" => "--to",
        "CT" => "--notrack",
        "TCPMSS" => "--set-mss",
        _ => "--set-xmark",
    }}\" must be specified\n");

    private bool TryTarget(string word)
    {
        if (!RuleOptions.OfTarget(_targetName).Contains(word))
        {
            return false;
        }

        switch (word)
        {
            case "--reject-with":
                ParseReject(Next());
                return true;
            case "--log-prefix":
                Alter<RuleTarget.Log>(log => log with { Prefix = Shortened(Next()) });
                return true;
            case "--log-level":
                Alter<RuleTarget.Log>(log => log with { Level = Level(Next()) });
                return true;
            case "--log-tcp-sequence" or "--log-tcp-options" or "--log-ip-options" or "--log-uid" or "--log-macdecode":
                LogFields field = FieldOf(word);
                Alter<RuleTarget.Log>(log => log with { Fields = log.Fields | field });
                return true;
            case "--nflog-threshold":
                Alter<RuleTarget.NfLog>(log => log with { Threshold = (int)Number(Next(), ushort.MaxValue) });
                return true;
            case "--nflog-prefix":
                Alter<RuleTarget.NfLog>(log => log with { Prefix = Next() });
                return true;
            case "--nflog-group":
                Alter<RuleTarget.NfLog>(log => log with { Group = (ushort)Number(Next(), ushort.MaxValue) });
                return true;
            case "--nflog-size" or "--nflog-range":
                Alter<RuleTarget.NfLog>(log => log with { Size = (int)Number(Next(), int.MaxValue) });
                return true;
            case "--notrack":
                _target = new RuleTarget.NoTrack();
                return true;
            case "--set-mss":
                _target = new RuleTarget.TcpMss((ushort)Number(Next(), ushort.MaxValue));
                return true;
            case "--clamp-mss-to-pmtu":
                _target = new RuleTarget.TcpMss(0);
                return true;
            default:
                return TryMark(word) || TryNat(word);
        }
    }

    private bool TryMark(string word)
    {
        bool connection = _targetName == "CONNMARK";
        switch (word)
        {
            case "--set-xmark" or "--set-mark" or "--or-mark" or "--and-mark" or "--xor-mark":
                SetMark(word, connection);
                return true;
            case "--save-mark":
                _target = new RuleTarget.SaveMark();
                return true;
            case "--restore-mark":
                _target = new RuleTarget.RestoreMark();
                return true;
            case "--mask":
                uint mask = Number(Next());
                AlterMasks(mask, mask);
                return true;
            case "--nfmask":
                AlterMasks(Number(Next()), null);
                return true;
            case "--ctmask":
                AlterMasks(null, Number(Next()));
                return true;
            default:
                return false;
        }
    }

    /// <summary>All forms come down to "clear the mask's bits, exclusive-or the value".</summary>
    private void SetMark(string word, bool connection)
    {
        (uint value, uint mask) = Masked(Next());
        (value, mask) = word switch
        {
            "--set-mark" => (value, value | mask),
            "--or-mark" => (value, value),
            "--and-mark" => (0u, ~value),
            "--xor-mark" => (value, 0u),
            _ => (value, mask),
        };
        _target = connection ? new RuleTarget.ConnectionMark(value, mask) : new RuleTarget.Mark(value, mask);
    }

    private void AlterMasks(uint? packet, uint? connection)
    {
        _target = _target switch
        {
            RuleTarget.SaveMark save => save with
            {
                PacketMask = packet ?? save.PacketMask,
                ConnectionMask = connection ?? save.ConnectionMask,
            },
            RuleTarget.RestoreMark restore => restore with
            {
                PacketMask = packet ?? restore.PacketMask,
                ConnectionMask = connection ?? restore.ConnectionMask,
            },
            _ => _target,
        };
    }

    private bool TryNat(string word)
    {
        switch (word)
        {
            case "--to-destination":
                _target = new RuleTarget.Dnat(WithPortsOnlyBehindProtocol(NatRangeOf(Next())));
                return true;
            case "--to-source":
                _target = new RuleTarget.Snat(WithPortsOnlyBehindProtocol(NatRangeOf(Next())));
                return true;
            case "--to-ports":
                PortRange ports = Range(Next(), '-');
                AlterRange(range => WithPortsOnlyBehindProtocol(range with { Ports = ports }));
                return true;
            case "--to":
                InternetPrefix[] prefix = Prefix();
                _target = new RuleTarget.NetMap(prefix.Length > 0 ? prefix[0] : default);
                return true;
            case "--random":
                AlterRange(range => range with { Random = true });
                return true;
            case "--random-fully":
                AlterRange(range => range with { RandomFully = true });
                return true;
            case "--persistent":
                AlterRange(range => range with { Persistent = true });
                return true;
            default:
                return false;
        }
    }

    /// <summary>A range with ports needs a protocol that has some, or ICMP's ids, named before it (libxt_NAT.c, portok).</summary>
    private NatRange WithPortsOnlyBehindProtocol(NatRange range)
    {
        if (range.Ports is not null && !HasProtocol(IPProtocol.Tcp, IPProtocol.Udp, IPProtocol.Sctp, IPProtocol.Dccp, IPProtocol.Icmp))
        {
            Fail("Need TCP, UDP, SCTP or DCCP with port specification");
        }

        return range;
    }

    /// <summary>`address[-address][:port[-port]]`, with brackets around an IPv6 address before ports; or `:port`.</summary>
    private NatRange NatRangeOf(string text)
    {
        PortRange? ports = null;
        string addresses = text;
        int bracket = text.IndexOf(']', StringComparison.Ordinal);
        int colon = bracket >= 0
            ? text.IndexOf(':', bracket)
            : family == AddressFamily.IPv4 ? text.IndexOf(':', StringComparison.Ordinal) : -1;
        if (colon >= 0)
        {
            ports = Range(text[(colon + 1)..], '-');
            addresses = text[..colon];
        }

        string[] ends = addresses.Trim('[', ']').Split('-');
        if (addresses.Length == 0)
        {
            return new NatRange(Ports: ports);
        }

        if (!InternetAddress.TryParse(ends[0], out InternetAddress first) || first.Family != family
            || !InternetAddress.TryParse(ends[^1], out InternetAddress last) || last.Family != family || ends.Length > 2)
        {
            Fail($"Bad IP address \"{addresses}\"");
            return default;
        }

        return new NatRange(first, last, ports);
    }

    private void ParseReject(string text)
    {
        text = text switch
        {
            "net-unreach" => "icmp-net-unreachable",
            "host-unreach" => "icmp-host-unreachable",
            "proto-unreach" => "icmp-proto-unreachable",
            "port-unreach" => family == AddressFamily.IPv4 ? "icmp-port-unreachable" : "icmp6-port-unreachable",
            "admin-prohib" => "icmp-admin-prohibited",
            "no-route" => "icmp6-no-route",
            "adm-prohibited" => "icmp6-adm-prohibited",
            "addr-unreach" => "icmp6-addr-unreachable",
            _ => text,
        };
        if (!RuleKeywords.TryFind(RuleKeywords.Rejects(family), text, out RejectType type))
        {
            Fail($"unknown reject type \"{text}\"");
        }

        Alter<RuleTarget.Reject>(_ => new RuleTarget.Reject(type));
    }

    /// <summary>The kernel keeps 29 characters of a prefix (xt_log_info).</summary>
    private static string Shortened(string prefix) => prefix.Length <= 29 ? prefix : prefix[..29];

    private static LogFields FieldOf(string word) => word switch
    {
        "--log-tcp-sequence" => LogFields.TcpSequence,
        "--log-tcp-options" => LogFields.TcpOptions,
        "--log-ip-options" => LogFields.IPOptions,
        "--log-uid" => LogFields.Uid,
        _ => LogFields.MacDecode,
    };

    private static byte LevelOf(string text) => text switch
    {
        "emerg" => 0,
        "alert" => 1,
        "crit" => 2,
        "error" or "err" => 3,
        "warning" or "warn" => 4,
        "notice" => 5,
        "info" => 6,
        "debug" => 7,
        _ => byte.MaxValue,
    };

    private byte Level(string text)
    {
        byte level = byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) ? number : LevelOf(text);
        if (level > 7)
        {
            Fail($"log level \"{text}\" unknown\n");
        }

        return level;
    }

    private void Alter<T>(Func<T, T> change)
        where T : RuleTarget
    {
        if (_target is T target)
        {
            _target = change(target);
        }
        else
        {
            Fail($"option of {typeof(T).Name} without -j");
        }
    }

    private void AlterRange(Func<NatRange, NatRange> change)
    {
        switch (_target)
        {
            case RuleTarget.Dnat nat:
                _target = new RuleTarget.Dnat(change(nat.Range));
                break;
            case RuleTarget.Snat nat:
                _target = new RuleTarget.Snat(change(nat.Range));
                break;
            case RuleTarget.Masquerade nat:
                _target = new RuleTarget.Masquerade(change(nat.Range));
                break;
            case RuleTarget.Redirect nat:
                _target = new RuleTarget.Redirect(change(nat.Range));
                break;
            default:
                Fail("option of a translation without its target");
                break;
        }
    }
}
