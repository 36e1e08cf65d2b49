using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Engine.Netfilter.Sets;

/// <summary>
/// A member of an IP set, or of a list the name of a set. Types without a dimension leave it at its default.
/// </summary>
public readonly record struct SetMember(
    InternetPrefix Address,
    IPProtocol Protocol = IPProtocol.HopByHop,
    ushort Port = 0,
    InternetPrefix Second = default,
    string? Set = null) : IComparable<SetMember>
{
    public static implicit operator SetMember(InternetAddress address) =>
        new(InternetPrefix.Host(address));

    public static implicit operator SetMember(InternetPrefix prefix) => new(prefix);

    public int CompareTo(SetMember other)
    {
        int order = Address.CompareTo(other.Address);
        order = order != 0 ? order : Protocol.CompareTo(other.Protocol);
        order = order != 0 ? order : Port.CompareTo(other.Port);
        return order != 0 ? order : Second.CompareTo(other.Second);
    }
}
