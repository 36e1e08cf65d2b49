using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>ip addr add, del, flush: what changes addresses.</summary>
internal sealed partial class AddressObject
{
    private static CommandResult Modify(IpContext context, string verb)
    {
        IpArguments arguments = context.Arguments;
        AddressRequest request = new();
        while (!arguments.AtEnd)
        {
            request.Take(arguments.Take(), context);
        }

        if (arguments.Error is not null)
        {
            return arguments.Error;
        }

        if (request.Device is null)
        {
            return CommandResult.Failure(1, "Not enough information: \"dev\" argument is required.");
        }

        if (request.Local is null)
        {
            return verb == "delete" ? RtnetlinkError.CannotAssignAddress : RtnetlinkError.InvalidArgument;
        }

        return InterfaceAddress<IPv4Address>.TryParse(request.Local, out InterfaceAddress<IPv4Address> v4)
            ? ModifyIPv4(context, request, v4, verb)
            : InterfaceAddress<IPv6Address>.TryParse(request.Local, out InterfaceAddress<IPv6Address> v6)
                ? ModifyIPv6(context, request, v6, verb)
                : CommandResult.Failure(1, $"Error: any valid prefix is expected rather than \"{request.Local}\".");
    }

    /// <summary>What ipvlan_addr4_validator_event says, the only one that refuses an address for its device's sake.</summary>
    private const string TakenByIpvlan = "Address already assigned to an ipvlan device.";

    private static CommandResult ModifyIPv4(
        IpContext context, AddressRequest request, InterfaceAddress<IPv4Address> local, string verb)
    {
        NetDevice device = request.Device!;
        InterfaceAddress<IPv4Address> peer = new(local.Address, local.Length);
        if (request.Peer is not null && !InterfaceAddress<IPv4Address>.TryParse(request.Peer, out peer))
        {
            return CommandResult.Failure(1, $"Error: inet prefix is expected rather than \"{request.Peer}\".");
        }

        InterfaceAddress<IPv4Address> own = new(local.Address, peer.Length);
        if (verb == "delete")
        {
            DeviceAddress<IPv4Address>? found = context.Namespace.IPv4.Addresses.FirstOrDefault(a =>
                ReferenceEquals(a.Device, device) && a.Address == local.Address && a.InterfaceAddress.Length == own.Length
                && (request.Peer is null || a.Peer == peer.Address));
            return found is not null && context.Namespace.IPv4.RemoveAddress(device, found.InterfaceAddress)
                ? CommandResult.Success
                : RtnetlinkError.Extended("ipv4: Address not found.");
        }

        if (!context.Namespace.IPv4.Addresses.Any(a => ReferenceEquals(a.Device, device) && a.InterfaceAddress == own)
            && device.CanAddAddress(local.Address) != Errno.None)
        {
            return RtnetlinkError.Extended(TakenByIpvlan);
        }

        if (request.ValidLifetime is not null || request.PreferredLifetime is not null)
        {
            return CommandResult.Failure(
                2,
                "RTNETLINK answers: Operation not supported\nhint: an IPv4 address stays here until it is deleted: leave out valid_lft and preferred_lft");
        }

        if (local.Address.IsUnspecified)
        {
            // __inet_insert_ifa: no address, and no error.
            return CommandResult.Success;
        }

        RouteScope scope = request.Scope ?? (local.Address.IsLoopback ? RouteScope.Host : RouteScope.Universe);
        IPv4Address broadcast = request.Broadcast switch
        {
            null or "-" => default,
            "+" => own.Length < 31 ? peer.Address.Last(own.Length) : default,
            string text => IPv4Address.TryParse(text, out IPv4Address given) ? given : default,
        };
        DeviceAddress<IPv4Address> address = new(device, own, scope)
        {
            Peer = peer.Address,
            Broadcast = broadcast,
            Label = request.Label ?? device.Name,
            NoPrefixRoute = request.NoPrefixRoute,
            Metric = request.Metric ?? 0,
        };
        if (context.Namespace.IPv4.AddAddress(address))
        {
            return CommandResult.Success;
        }

        if (verb == "add")
        {
            return RtnetlinkError.Extended("ipv4: Address already assigned.");
        }

        if (request.Metric is { } metric)
        {
            context.Namespace.IPv4.ChangeMetric(device, own, metric);
        }

        return CommandResult.Success;
    }

    private static CommandResult ModifyIPv6(
        IpContext context, AddressRequest request, InterfaceAddress<IPv6Address> local, string verb)
    {
        NetDevice device = request.Device!;
        if (verb == "delete")
        {
            return context.Namespace.IPv6.RemoveAddress(device, local)
                ? CommandResult.Success
                : RtnetlinkError.Extended("ipv6: address not found.");
        }

        InterfaceAddress<IPv6Address> peer = local;
        if (request.Peer is not null && !InterfaceAddress<IPv6Address>.TryParse(request.Peer, out peer))
        {
            return CommandResult.Failure(1, $"Error: inet6 prefix is expected rather than \"{request.Peer}\".");
        }

        if (context.Namespace.Settings.IPv6Enabled
            && (context.Namespace.SettingsOf(device).DisableIPv6 || context.Namespace.Settings.All.DisableIPv6))
        {
            return RtnetlinkError.Extended("ipv6: IPv6 is disabled on this device.");
        }

        SimTime now = context.Namespace.Node.Now;
        SimTime valid = request.ValidLifetime is { } v ? now + Duration.FromSeconds(v) : SimTime.Never;
        SimTime preferred = request.PreferredLifetime is { } p ? now + Duration.FromSeconds(p) : SimTime.Never;
        if (request.ValidLifetime == 0 || preferred > valid)
        {
            return RtnetlinkError.Extended("ipv6: address lifetime invalid.");
        }

        if (!context.Namespace.IPv6.Addresses.Any(a => ReferenceEquals(a.Device, device) && a.Address == local.Address)
            && device.CanAddAddress(local.Address) != Errno.None)
        {
            return RtnetlinkError.Extended(TakenByIpvlan);
        }

        DeviceAddress<IPv6Address> address = new(device, new InterfaceAddress<IPv6Address>(local.Address, peer.Length), RouteScope.Universe)
        {
            Peer = peer.Address,
            NoDad = request.NoDad,
            NoPrefixRoute = request.NoPrefixRoute,
            PreferredUntil = preferred,
            ValidUntil = valid,
        };
        if (context.Namespace.IPv6.AddAddress(address))
        {
            return CommandResult.Success;
        }

        if (verb == "add")
        {
            return RtnetlinkError.Extended("ipv6: address already assigned.");
        }

        context.Namespace.IPv6.ChangeAddress(device, local.Address, preferred, valid);
        return CommandResult.Success;
    }

    private static CommandResult Flush(IpContext context)
    {
        AddressFilter filter = AddressFilter.Read(context);
        if (context.Arguments.Error is not null)
        {
            return context.Arguments.Error;
        }

        if (filter.IsEmpty)
        {
            return CommandResult.Failure(1, "Flush requires arguments.");
        }

        int count = 0;
        foreach (DeviceAddress<IPv4Address> address in context.Namespace.IPv4.Addresses.ToArray())
        {
            if (context.Options.WantsIPv4 && filter.Devices.Accepts(address.Device) && filter.Accepts(address))
            {
                count++;
                context.Namespace.IPv4.RemoveAddress(address.Device, address.InterfaceAddress);
            }
        }

        foreach (DeviceAddress<IPv6Address> address in context.Namespace.IPv6.Addresses.ToArray())
        {
            if (context.Options.WantsIPv6 && filter.Devices.Accepts(address.Device) && filter.Accepts(address))
            {
                count++;
                context.Namespace.IPv6.RemoveAddress(address.Device, address.InterfaceAddress);
            }
        }

        return FlushReport.Of(context.Options, count, "addresses");
    }
}
