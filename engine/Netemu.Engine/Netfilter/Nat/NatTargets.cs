using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Evaluation;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Routing;

namespace Netemu.Engine.Netfilter.Nat;

/// <summary>DNAT.</summary>
internal sealed class DestinationNatTarget(NatEngine nat, NatRange range) : CompiledTarget
{
    public override TargetResult Execute(ref PacketView view) => nat.Bind(ref view, range, source: false);
}

/// <summary>SNAT.</summary>
internal sealed class SourceNatTarget(NatEngine nat, NatRange range) : CompiledTarget
{
    public override TargetResult Execute(ref PacketView view) => nat.Bind(ref view, range, source: true);
}

/// <summary>MASQUERADE: the output device's address towards the next hop; without one the packet ends.</summary>
internal sealed class MasqueradeTarget(NatEngine nat, NatRange range) : CompiledTarget
{
    public override TargetResult Execute(ref PacketView view)
    {
        view.Read();
        InternetAddress own = view.Family == AddressFamily.IPv4
            ? view.Space.IPv4.SelectSource(view.Output, NextHop(ref view), RouteScope.Universe)
            : view.Space.IPv6.SelectSource(view.Output, view.Destination.IPv6);
        if (own.IsUnspecified)
        {
            return TargetResult.Drop;
        }

        return nat.Bind(ref view, range with { First = own, Last = own }, source: true);
    }

    private static IPv4Address NextHop(ref PacketView view)
    {
        IPv4Address destination = view.Destination.IPv4;
        NextHop<IPv4Address>? hop = view.Space.IPv4.Routes.Lookup(destination)?.NextHop;
        return hop is { HasGateway: true } ? hop.Gateway : destination;
    }
}

/// <summary>REDIRECT: to the input device's first address, own packets to loopback.</summary>
internal sealed class RedirectTarget(NatEngine nat, NatRange range) : CompiledTarget
{
    public override TargetResult Execute(ref PacketView view)
    {
        InternetAddress own = (view.Hook, view.Family) switch
        {
            (HookPoint.LocalOut, AddressFamily.IPv4) => IPv4Address.Loopback,
            (HookPoint.LocalOut, _) => IPv6Address.Loopback,
            (_, AddressFamily.IPv4) => FirstAddress(view.Space.IPv4.Addresses, view.Input),
            _ => FirstAddress(view.Space.IPv6.Addresses, view.Input),
        };
        return own.IsNone ? TargetResult.Drop : nat.Bind(ref view, range with { First = own, Last = own }, source: false);
    }

    private static InternetAddress FirstAddress<TAddress>(
        System.Collections.Generic.IReadOnlyList<DeviceAddress<TAddress>> addresses, NetDevice? device)
        where TAddress : struct, IIPAddress<TAddress>
    {
        foreach (DeviceAddress<TAddress> address in addresses)
        {
            if (ReferenceEquals(address.Device, device) && !address.Address.IsLinkLocal)
            {
                return InternetAddress.From(address.Address);
            }
        }

        return default;
    }
}

/// <summary>NETMAP: the network changes, the host stays.</summary>
internal sealed class NetMapTarget(NatEngine nat, InternetPrefix prefix) : CompiledTarget
{
    public override TargetResult Execute(ref PacketView view)
    {
        if (view.Frame.Connection is not Connection)
        {
            return TargetResult.Accept;
        }

        view.Read();
        bool source = view.Hook is HookPoint.Postrouting or HookPoint.LocalIn;
        InternetAddress own = source ? view.Source : view.Destination;
        InternetAddress mapped = prefix.IsIPv4
            ? new IPv4Address(prefix.Address.IPv4.Value | (own.IPv4.Value & ~IPv4Address.MaskOf(prefix.Length)))
            : MapIPv6(own.IPv6);
        return nat.Bind(ref view, NatRange.To(mapped), source);
    }

    private IPv6Address MapIPv6(IPv6Address own)
    {
        IPv6Address network = own.Mask(prefix.Length);
        return new IPv6Address(
            prefix.Address.IPv6.High | (own.High ^ network.High), prefix.Address.IPv6.Low | (own.Low ^ network.Low));
    }
}
