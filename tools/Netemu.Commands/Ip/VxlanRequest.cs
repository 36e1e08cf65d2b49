using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Vxlan;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>The words of `ip link add type vxlan` (ip/iplink_vxlan.c).</summary>
internal sealed class VxlanRequest : DeviceRequest
{
    private VxlanOptions _options = new();
    private bool _hasId;
    private bool _hasPort;
    private bool _hasGroup;
    private bool _hasRemote;

    public override string Kind => "vxlan";

    public override string? Warning => _hasPort
        ? null
        : "vxlan: destination port not specified\nWill use Linux kernel default (non-standard value)\n"
            + "Use 'dstport 4789' to get the IANA assigned value\nUse 'dstport 0' to get default and quiet this message\n";

    public override void Take(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        string word = arguments.Take();
        if (TakeSwitch(word))
        {
            return;
        }

        switch (word)
        {
            case "id" or "vni":
                _hasId = true;
                _options = _options with { Vni = (int)Bounded(arguments, 0xFF_FFFF, "invalid id") };
                break;
            case "group":
                _hasGroup = true;
                _options = _options with { Remote = Address(arguments, _options.Local) };
                break;
            case "remote":
                _hasRemote = true;
                _options = _options with { Remote = Address(arguments, _options.Local) };
                break;
            case "local":
                _options = _options with { Local = Address(arguments, _options.Remote) };
                break;
            case "dev":
                _options = _options with { Lower = arguments.Device() };
                break;
            case "dstport":
                _hasPort = true;
                uint port = Bounded(arguments, 65_535, "dst port");
                _options = _options with { DestinationPort = port == 0 ? VxlanOptions.LinuxPort : (ushort)port };
                break;
            case "port" or "srcport":
                ushort first = (ushort)Bounded(arguments, 65_535, "min port");
                _options = _options with { SourcePortFirst = first, SourcePortLast = (ushort)Bounded(arguments, 65_535, "max port") };
                break;
            case "ttl" or "hoplimit":
                TakeTtl(arguments);
                break;
            case "tos" or "dsfield":
                _options = _options with { TypeOfService = TunnelWords.Tos(arguments) };
                break;
            case "df":
                TakeDontFragment(arguments);
                break;
            case "ageing":
                string age = arguments.Value();
                _options = _options with { Ageing = age == "none" ? Duration.Zero : Duration.FromSeconds(TunnelWords.Number(arguments, age, "ageing timer")) };
                break;
            case "maxaddress":
                string limit = arguments.Value();
                _options = _options with { MaximumAddresses = limit == "unlimited" ? 0 : (int)TunnelWords.Number(arguments, limit, "max addresses") };
                break;
            default:
                Unknown(context, word);
                break;
        }
    }

    public override NetDevice? Make(NetworkNamespace space, string name, NetDevice? link, out CommandResult? refused)
    {
        refused = !_hasId ? CommandResult.Failure(255, "vxlan: missing virtual network identifier")
            : _hasGroup && _hasRemote ? CommandResult.Failure(255, "vxlan: both group and remote cannot be specified")
            : _hasGroup && _options.Lower is null ? CommandResult.Failure(255, "vxlan: 'group' requires 'dev' to be specified")
            : null;
        if (refused is not null)
        {
            return null;
        }

        VxlanDevice? device = VxlanDevice.Create(space, name, _options, out Errno error);
        refused = Refusal(error, "A VXLAN device with the specified VNI already exists.");
        return device;
    }

    private static InternetAddress Address(IpArguments arguments, InternetAddress other)
    {
        string text = arguments.Value();
        if (text == "any")
        {
            return default;
        }

        bool parsed = InternetAddress.TryParse(text, out InternetAddress address);
        if (!parsed || (!other.IsNone && address.Family != other.Family))
        {
            arguments.Fail(1, $"Error: {(other.IsIPv6 ? "inet6" : other.IsIPv4 ? "inet" : "any valid")} address is expected rather than \"{text}\".");
        }

        return address;
    }

    private static uint Bounded(IpArguments arguments, uint most, string complaint)
    {
        string text = arguments.Value();
        uint value = TunnelWords.Number(arguments, text, complaint);
        if (value > most)
        {
            arguments.Invalid(text, complaint);
        }

        return value;
    }

    private bool TakeSwitch(string word)
    {
        VxlanOptions? changed = word switch
        {
            "learning" or "nolearning" => _options with { Learning = word == "learning" },
            "proxy" or "noproxy" => _options with { Proxy = word == "proxy" },
            "l2miss" or "nol2miss" => _options with { L2Miss = word == "l2miss" },
            "l3miss" or "nol3miss" => _options with { L3Miss = word == "l3miss" },
            "udpcsum" or "noudpcsum" => _options with { UdpChecksum = word == "udpcsum" },
            "udp6zerocsumtx" or "noudp6zerocsumtx" => _options with { Udp6ZeroChecksumSent = word == "udp6zerocsumtx" },
            "udp6zerocsumrx" or "noudp6zerocsumrx" => _options with { Udp6ZeroChecksumTaken = word == "udp6zerocsumrx" },
            _ => null,
        };
        _options = changed ?? _options;
        return changed is not null;
    }

    private void TakeTtl(IpArguments arguments)
    {
        string text = arguments.Value();
        switch (text)
        {
            case "inherit":
                _options = _options with { InheritsTtl = true, Ttl = 0 };
                break;
            case "auto":
                _options = _options with { InheritsTtl = false, Ttl = 0 };
                break;
            default:
                uint ttl = TunnelWords.Number(arguments, text, "invalid TTL");
                if (ttl > 255)
                {
                    arguments.Invalid(text, "TTL must be <= 255");
                }

                _options = _options with { InheritsTtl = false, Ttl = (byte)ttl };
                break;
        }
    }

    private void TakeDontFragment(IpArguments arguments)
    {
        string text = arguments.Value();
        VxlanDontFragment? value = text switch
        {
            "unset" => VxlanDontFragment.Unset,
            "set" => VxlanDontFragment.Set,
            "inherit" => VxlanDontFragment.Inherit,
            _ => null,
        };
        if (value is null)
        {
            arguments.Invalid(text, "DF must be 'unset', 'set' or 'inherit'");
        }

        _options = _options with { DontFragment = value ?? VxlanDontFragment.Unset };
    }
}
