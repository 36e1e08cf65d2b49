using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>ip link set: the changes of one device.</summary>
internal sealed partial class LinkObject
{
    private static CommandResult Set(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        LinkRequest request = new();
        NetDevice? device = null;
        NetDevice? master = null;
        bool noMaster = false;
        BridgeRequest? bridge = null;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "master":
                    string name = arguments.Value();
                    master = context.Namespace.FindDevice(name);
                    if (master is null)
                    {
                        arguments.Invalid(name, "Device does not exist\n");
                    }

                    break;
                case "nomaster":
                    noMaster = true;
                    break;
                case "type":
                    bridge = SetType(context, device);
                    break;
                case "dev":
                    device = arguments.Device();
                    break;
                default:
                    if (!request.TryTake(word, arguments))
                    {
                        if (device is not null)
                        {
                            arguments.Garbage("dev", word, context.Hint("link set", word));
                        }

                        device = arguments.FindDevice(word);
                    }

                    break;
            }
        }

        if (arguments.Error is not null)
        {
            return arguments.Error;
        }

        if (device is null && request.Group is { } group)
        {
            return context.Namespace.Devices.Where(d => d.Group == group).ToArray()
                .Select(d => Change(d, request, master, noMaster)).FirstOrDefault(r => r.Exit != 0) ?? CommandResult.Success;
        }

        if (device is null)
        {
            return CommandResult.Failure(255, "Not enough information: \"dev\" argument is required.");
        }

        if (bridge is not null && device is BridgeDevice changed && bridge.Apply(changed) is { } refused)
        {
            return refused;
        }

        return Change(device, request, master, noMaster);
    }

    private static CommandResult Change(NetDevice device, LinkRequest request, NetDevice? master, bool noMaster) =>
        Move(device, request) ?? request.FinishBeforeFlags(device) ?? Enslave(device, master, noMaster)
        ?? request.SetFlags(device) ?? CommandResult.Success;

    /// <summary>`type bridge ...` and `type bridge_slave ...` of a device that is there.</summary>
    private static BridgeRequest? SetType(IpContext context, NetDevice? device)
    {
        IpArguments arguments = context.Arguments;
        string type = arguments.Value();
        BridgePort? port = (device?.Master as BridgeDevice)?.FindPort(device!);
        if (type == "bridge_slave" && port is not null)
        {
            while (!arguments.AtEnd)
            {
                string word = arguments.Take();
                if (!PortSwitches.TryTake(port, word, arguments) && !PortRequest.TryTake(port, word, arguments, exit: 2))
                {
                    arguments.Fail(255, $"bridge_slave: unknown option \"{word}\"?{context.Hint("link set type bridge_slave", word)}");
                }
            }

            return null;
        }

        if (RequestFor(type) is { } words && device is not null)
        {
            while (!arguments.AtEnd)
            {
                words.Take(context);
            }

            if (arguments.Error is null && words.Change(device) is { } refused)
            {
                arguments.Fail(refused.Exit, refused.Stderr.TrimEnd('\n'));
            }

            return null;
        }

        if (type != "bridge" || device is not BridgeDevice)
        {
            arguments.Fail(2, "RTNETLINK answers: Operation not supported");
            return null;
        }

        BridgeRequest request = new();
        while (!arguments.AtEnd)
        {
            request.Take(context);
        }

        return request;
    }

    private static CommandResult? Move(NetDevice device, LinkRequest request)
    {
        if (request.Target is null || ReferenceEquals(request.Target, device.Namespace))
        {
            return null;
        }

        if (device is LoopbackDevice)
        {
            return RtnetlinkError.Extended("The interface netns is immutable.");
        }

        if (request.Target.FindDevice(request.Name ?? device.Name) is not null)
        {
            return RtnetlinkError.FileExists;
        }

        (device.Master as BridgeDevice)?.RemovePort(device);
        device.Namespace.Move(device, request.Target);
        return null;
    }

    private static CommandResult? Enslave(NetDevice device, NetDevice? master, bool noMaster)
    {
        if (noMaster || (master is not null && !ReferenceEquals(device.Master, master)))
        {
            (device.Master as BridgeDevice)?.RemovePort(device);
        }

        if (master is null || ReferenceEquals(device.Master, master))
        {
            return null;
        }

        if (master is not BridgeDevice bridge)
        {
            return RtnetlinkError.NotSupported;
        }

        // br_add_if: no bridges in bridges, no loopback.
        if (device is BridgeDevice)
        {
            return RtnetlinkError.Extended("Can not enslave a bridge to a bridge.");
        }

        if (device.IsLoopback || !device.HasLinkLayer)
        {
            return RtnetlinkError.InvalidArgument;
        }

        // What macvlan or ipvlan has taken, a bridge can't have.
        if (device.Handler is not null)
        {
            return RtnetlinkError.Of(Errno.EBUSY);
        }

        bridge.AddPort(device);
        return null;
    }}
