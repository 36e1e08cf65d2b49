using System.Collections.Generic;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>ip link (ip/iplink.c): shows, makes, changes and removes devices.</summary>
internal sealed partial class LinkObject : IIpObject
{
    public string Name => "link";

    public string HelpName => "link";

    public CommandJob Run(IpContext context, string verb) => CommandJob.Completed(verb switch
    {
        "add" => Add(context),
        "set" or "change" => Set(context),
        "delete" => Delete(context),
        _ => Show(context),
    });

    private static CommandResult Show(IpContext context)
    {
        DeviceFilter filter = new();
        IpArguments arguments = context.Arguments;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            if (!filter.TryTake(word, arguments))
            {
                filter.TakeDevice(word == "dev" ? arguments.Value() : word, arguments);
            }
        }

        if (arguments.Error is not null)
        {
            return arguments.Error;
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        foreach (NetDevice device in context.Namespace.Devices.Where(filter.Accepts))
        {
            printer.OpenObject();
            if (context.Options.Brief)
            {
                LinkText.PrintBrief(printer, device);
                printer.Any("address", LinkLayerText.Address(device), $"{LinkLayerText.Address(device)} ");
                LinkText.PrintFlags(printer, device, "<", "> ");
            }
            else
            {
                LinkText.PrintHead(printer, device, context.Options, isAddressShow: false);
                if (context.Options.Statistics > 0)
                {
                    LinkText.PrintStatistics(printer, device, context.Options);
                }
            }

            printer.Text("\n");
            printer.CloseObject();
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    private static CommandResult Delete(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        NetDevice? device = null;
        uint? group = null;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            if (word == "type")
            {
                arguments.Value();
            }
            else if (word == "group")
            {
                group = LinkGroup.Take(arguments);
            }
            else if (device is not null)
            {
                arguments.Garbage("dev", word);
            }
            else
            {
                device = word == "dev" ? arguments.Device() : arguments.FindDevice(word);
            }
        }

        if (arguments.Error is not null)
        {
            return arguments.Error;
        }

        return device is null && group is { } named ? DeleteGroup(context.Namespace, named) : DeleteDevice(context.Namespace, device);
    }

    /// <summary>rtnl_group_dellink: all of a group or none.</summary>
    private static CommandResult DeleteGroup(NetworkNamespace space, uint group)
    {
        NetDevice[] devices = [.. space.Devices.Where(d => d.Group == group)];
        if (group == 0)
        {
            return RtnetlinkError.Of(Errno.EPERM);
        }

        if (devices.Length == 0)
        {
            return RtnetlinkError.Of(Errno.ENODEV);
        }

        if (devices.Any(d => d is LoopbackDevice or EthernetDevice))
        {
            return RtnetlinkError.NotSupported;
        }

        foreach (NetDevice device in devices.Where(d => ReferenceEquals(space.FindDevice(d.Name), d)))
        {
            DeleteDevice(space, device);
        }

        return CommandResult.Success;
    }

    private static CommandResult DeleteDevice(NetworkNamespace space, NetDevice? device)
    {
        switch (device)
        {
            case null:
                return CommandResult.Failure(255, "Not enough information: \"dev\" argument is required.");
            case LoopbackDevice or EthernetDevice:
                // A network card is no rtnetlink device: it can't be deleted.
                return RtnetlinkError.NotSupported;
            default:
                (device.Master as BridgeDevice)?.RemovePort(device);
                if (device is VethDevice veth)
                {
                    (veth.Peer.Master as BridgeDevice)?.RemovePort(veth.Peer);
                }

                space.Remove(device);
                return CommandResult.Success;
        }
    }

    private static CommandResult Add(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        LinkRequest request = new();
        string? type = null;
        while (!arguments.AtEnd && type is null)
        {
            string word = arguments.Take();
            if (word == "type")
            {
                type = arguments.Value();
            }
            else if (!request.TryTake(word, arguments))
            {
                if (request.Name is not null)
                {
                    arguments.Garbage("name", word, context.Hint("link add", word));
                }

                request.TakeName(word, arguments);
            }
        }

        if (arguments.Error is not null)
        {
            return arguments.Error;
        }

        return type switch
        {
            null => CommandResult.Failure(1, "Not enough information: \"type\" argument is required"),
            "veth" => AddVeth(context, request),
            "bridge" => AddBridge(context, request),
            "dummy" => AddDummy(context, request),
            _ when RequestFor(type) is { } words => AddStacked(context, request, words),
            _ => CommandResult.Failure(2, $"Error: Unknown device type.{Spelling.Hint(type, _types)}"),
        };
    }

    private static CommandResult AddDummy(IpContext context, LinkRequest request)
    {
        if (!context.Arguments.AtEnd)
        {
            return CommandResult.Failure(255, $"dummy: unknown option \"{context.Arguments.Peek}\"?");
        }

        NetworkNamespace space = request.Target ?? context.Namespace;
        string name = request.Name ?? FreeName(space, "dummy");
        if (space.FindDevice(name) is not null)
        {
            return RtnetlinkError.FileExists;
        }

        return request.Finish(new DummyDevice(space, name)) ?? CommandResult.Success;
    }

    private static CommandResult AddBridge(IpContext context, LinkRequest request)
    {
        NetworkNamespace space = request.Target ?? context.Namespace;
        string name = request.Name ?? FreeName(space, "bridge");
        BridgeRequest bridge = new();
        while (!context.Arguments.AtEnd)
        {
            bridge.Take(context);
        }

        if (context.Arguments.Error is not null)
        {
            return context.Arguments.Error;
        }

        if (space.FindDevice(name) is not null)
        {
            return RtnetlinkError.FileExists;
        }

        BridgeDevice device = new(space, name);
        if (bridge.Apply(device) is { } refused)
        {
            space.Remove(device);
            return refused;
        }

        return request.Finish(device) ?? CommandResult.Success;
    }

    private static CommandResult AddVeth(IpContext context, LinkRequest request)
    {
        IpArguments arguments = context.Arguments;
        LinkRequest peer = new();
        if (!arguments.AtEnd)
        {
            string word = arguments.Take();
            if (word != "peer")
            {
                return CommandResult.Failure(255, $"veth: unknown option \"{word}\"?{Spelling.Hint(word, ["peer"])}");
            }

            while (!arguments.AtEnd)
            {
                word = arguments.Take();
                if (!peer.TryTake(word, arguments))
                {
                    if (peer.Name is not null)
                    {
                        arguments.Garbage("name", word, context.Hint("link add", word));
                    }

                    peer.TakeName(word, arguments);
                }
            }
        }

        if (arguments.Error is not null)
        {
            return arguments.Error;
        }

        NetworkNamespace space = request.Target ?? context.Namespace;
        NetworkNamespace peerSpace = peer.Target ?? context.Namespace;
        string peerName = peer.Name ?? FreeName(peerSpace, "veth", request.Name);
        string name = request.Name ?? FreeName(space, "veth", peerName);
        if (space.FindDevice(name) is not null || peerSpace.FindDevice(peerName) is not null
            || (name == peerName && ReferenceEquals(space, peerSpace)))
        {
            return RtnetlinkError.FileExists;
        }

        // The kernel registers the peer first: it has the lower ifindex.
        (VethDevice right, VethDevice left) = VethDevice.CreatePair(peerSpace, peerName, space, name);
        return peer.Finish(right) ?? request.Finish(left) ?? CommandResult.Success;
    }

    private static string FreeName(NetworkNamespace space, string stem, string? taken = null)
    {
        IEnumerable<string> names = Enumerable.Range(0, int.MaxValue).Select(i => $"{stem}{i}");
        return names.First(n => n != taken && space.FindDevice(n) is null);
    }
}
