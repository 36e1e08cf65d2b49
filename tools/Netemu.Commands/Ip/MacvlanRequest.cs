using System.Collections.Generic;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Macvlan;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>The words of `ip link add type macvlan` and `ip link set type macvlan` (ip/iplink_macvlan.c).</summary>
internal sealed class MacvlanRequest : DeviceRequest
{
    private readonly List<MacAddress> _macs = [];
    private MacvlanMode? _mode;
    private string? _change;

    public override string Kind => "macvlan";

    public static string WordFor(MacvlanMode mode) => mode.ToString().ToLowerInvariant();

    public override void Take(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        string word = arguments.Take();
        switch (word)
        {
            case "mode":
                string mode = arguments.Value();
                _mode = mode switch
                {
                    "private" => MacvlanMode.Private,
                    "vepa" => MacvlanMode.Vepa,
                    "bridge" => MacvlanMode.Bridge,
                    "passthru" => MacvlanMode.Passthru,
                    "source" => MacvlanMode.Source,
                    _ => null,
                };
                if (_mode is null)
                {
                    arguments.Fail(255, $"Error: argument of \"mode\" must be \"private\", \"vepa\", \"bridge\", \"passthru\" or \"source\", not \"{mode}\"");
                }

                break;
            case "macaddr":
                TakeAddresses(arguments);
                break;
            case "bcqueuelen":
                string length = arguments.Value();
                if (!uint.TryParse(length, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out _))
                {
                    arguments.Fail(1, $"Error: argument of \"bcqueuelen\" must be a positive integer [0-4294967295], not \"{length}\"");
                }

                break;
            default:
                Unknown(context, word);
                break;
        }
    }

    public override NetDevice? Make(NetworkNamespace space, string name, NetDevice? link, out CommandResult? refused)
    {
        if (link is null)
        {
            refused = RtnetlinkError.InvalidArgument;
            return null;
        }

        MacvlanDevice? device = MacvlanDevice.Create(space, name, link, _mode ?? MacvlanMode.Vepa, out Errno error);
        refused = Refusal(error);
        if (device is not null && Apply(device) is { } refusal)
        {
            space.Remove(device);
            refused = refusal;
            return null;
        }

        return device;
    }

    public override CommandResult? Change(NetDevice device)
    {
        if (device is not MacvlanDevice macvlan)
        {
            return RtnetlinkError.NotSupported;
        }

        Errno error = _mode is { } mode ? macvlan.TrySetMode(mode) : Errno.None;
        return error == Errno.None ? Apply(macvlan) : RtnetlinkError.Of(error);
    }

    private CommandResult? Apply(MacvlanDevice device)
    {
        if (_change is null)
        {
            return null;
        }

        if (device.Mode != MacvlanMode.Source)
        {
            return RtnetlinkError.InvalidArgument;
        }

        if (_change is "flush" or "set")
        {
            device.ClearSources();
        }

        foreach (MacAddress mac in _macs)
        {
            if (_change == "del")
            {
                device.RemoveSource(mac);
            }
            else if (device.AddSource(mac) is var error and not Errno.None)
            {
                return RtnetlinkError.Of(error);
            }
        }

        return null;
    }

    private void TakeAddresses(IpArguments arguments)
    {
        _change = arguments.Value();
        switch (_change)
        {
            case "add" or "del":
                TakeAddress(arguments.Value(), arguments);
                break;
            case "set":
                while (!arguments.AtEnd && MacAddress.TryParse(arguments.Peek, out _))
                {
                    TakeAddress(arguments.Take(), arguments);
                }

                break;
            case "flush":
                break;
            default:
                arguments.Fail(255, $"Error: argument of \"macaddr\" must be \"add\", \"del\", \"set\" or \"flush\", not \"{_change}\"");
                break;
        }
    }

    private void TakeAddress(string text, IpArguments arguments)
    {
        if (MacAddress.TryParse(text, out MacAddress mac))
        {
            _macs.Add(mac);
        }
        else
        {
            arguments.Fail(1, $"\"{text}\" is invalid lladdr.");
        }
    }
}
