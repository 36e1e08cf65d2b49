using Netemu.Commands.Shell;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Ipvlan;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>The words of `ip link add type ipvlan` (ip/iplink_ipvlan.c).</summary>
internal sealed class IpvlanRequest : DeviceRequest
{
    private IpvlanMode? _mode;
    private IpvlanIsolation? _isolation;

    public override string Kind => "ipvlan";

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
                    "l2" => IpvlanMode.L2,
                    "l3" => IpvlanMode.L3,
                    "l3s" => IpvlanMode.L3S,
                    _ => null,
                };
                if (_mode is null)
                {
                    arguments.Fail(255, $"Error: argument of \"mode\" must be either \"l2\", \"l3\" or \"l3s\"\n");
                }

                break;
            case "bridge":
                _isolation = IpvlanIsolation.Bridge;
                break;
            case "private":
                _isolation = IpvlanIsolation.Private;
                break;
            case "vepa":
                _isolation = IpvlanIsolation.Vepa;
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

        // What is not said is the kernel's default, whatever the other children of the parent have: mode l3.
        IpvlanDevice? device = IpvlanDevice.Create(
            space, name, link, _mode ?? IpvlanMode.L3, _isolation ?? IpvlanIsolation.Bridge, out Errno error);
        refused = Refusal(error);
        return device;
    }

    public override CommandResult? Change(NetDevice device)
    {
        if (device is not IpvlanDevice ipvlan)
        {
            return RtnetlinkError.NotSupported;
        }

        ipvlan.SetMode(_mode ?? ipvlan.Mode, _isolation ?? ipvlan.Isolation);
        return null;
    }
}
