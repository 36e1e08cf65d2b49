using System;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Felix.Messages;

/// <summary>A member of an IP set; protocol and port are 0 in a set of prefixes.</summary>
public readonly record struct IPSetMember(InternetPrefix Net, IPProtocol Protocol = default, ushort Port = 0)
    : IComparable<IPSetMember>
{
    public int CompareTo(IPSetMember other)
    {
        int order = Net.CompareTo(other.Net);
        if (order == 0)
        {
            order = Protocol.Number.CompareTo(other.Protocol.Number);
        }

        return order != 0 ? order : Port.CompareTo(other.Port);
    }

    /// <summary>ipset's notation: 10.0.0.1,tcp:80.</summary>
    public override string ToString()
    {
        string net = Net.IsHost ? Net.Address.ToString() : Net.ToString();
        return Protocol.Number == 0 ? net : $"{net},{Protocol.ToString().ToLowerInvariant()}:{Port}";
    }
}
