using System.Collections.Immutable;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Evaluation;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Sets;

/// <summary>Which member a packet matches, for sets whose members carry more than themselves. Slower than <see cref="Test"/>.</summary>
public sealed partial class SetContent
{
    /// <summary>The member that the packet's fields match, the longest prefix first.</summary>
    internal bool TryFind(ref PacketView view, ImmutableArray<SetDirection> directions, out SetMember member)
    {
        member = default;
        if (!TryReadPort(ref view, directions, out byte number, out ushort port))
        {
            return false;
        }

        IPProtocol protocol = (IPProtocol)number;
        InternetAddress first = AddressOf(ref view, directions[0]);
        InternetAddress second = AddressOf(ref view, directions[^1]);
        if (Type is SetType.HashIPPortIP or SetType.HashNetNet)
        {
            foreach ((int length, int secondLength) in _lengthPairs.Keys.Reverse())
            {
                member = new SetMember(Masked(first, length), protocol, port, Masked(second, secondLength));
                if (Contains(member))
                {
                    return true;
                }
            }

            return false;
        }

        foreach (byte length in _lengths)
        {
            member = new SetMember(Masked(first, length), protocol, port);
            if (Contains(member))
            {
                return true;
            }
        }

        return false;
    }

    private InternetAddress AddressOf(ref PacketView view, SetDirection direction) => direction == SetDirection.Source
        ? Address(view.SourceHigh, view.SourceLow)
        : Address(view.DestinationHigh, view.DestinationLow);

    private static InternetPrefix Masked(InternetAddress address, int length) => address.IsIPv4
        ? new InternetPrefix(new IPv4Address(address.IPv4.Value & IPv4Address.MaskOf(length)), length)
        : new InternetPrefix(address.IPv6.Mask(length), length);
}
