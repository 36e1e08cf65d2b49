using System.Collections.Immutable;
using Netemu.Commands.Shell;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Ip;

/// <summary>ip link add of devices that stand on others, and of tunnels.</summary>
internal sealed partial class LinkObject
{
    /// <summary>Every type that `ip link add` makes.</summary>
    private static readonly ImmutableArray<string> _types =
        ["veth", "bridge", "dummy", "vlan", "macvlan", "ipvlan", "vxlan", "ipip", "gre", "gretap", "sit"];

    /// <summary>The words behind `type`, or null for an unknown one.</summary>
    private static DeviceRequest? RequestFor(string type) => type switch
    {
        "vxlan" => new VxlanRequest(),
        "macvlan" => new MacvlanRequest(),
        "ipvlan" => new IpvlanRequest(),
        "vlan" => new VlanRequest(),
        "ipip" or "gre" or "gretap" or "sit" => new TunnelRequest(type),
        _ => null,
    };

    private static CommandResult AddStacked(IpContext context, LinkRequest request, DeviceRequest words)
    {
        IpArguments arguments = context.Arguments;
        while (!arguments.AtEnd)
        {
            words.Take(context);
        }

        if (arguments.Error is not null)
        {
            return arguments.Error;
        }

        NetworkNamespace space = request.Target ?? context.Namespace;
        string name = request.Name ?? FreeName(space, words.Kind);
        if (space.FindDevice(name) is not null)
        {
            return RtnetlinkError.FileExists;
        }

        // The device is made where the command runs: a tunnel's outer packets stay there when it goes to another namespace.
        NetDevice? device = words.Make(context.Namespace, name, request.Link, out CommandResult? refused);
        if (device is null)
        {
            return refused!;
        }

        if (!ReferenceEquals(space, context.Namespace))
        {
            context.Namespace.Move(device, space);
        }

        return request.Finish(device) ?? (words.Warning is { } warning ? new CommandResult(0, string.Empty, warning) : CommandResult.Success);
    }
}
