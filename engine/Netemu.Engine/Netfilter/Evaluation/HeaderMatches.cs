using System.Collections.Immutable;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>`-f`.</summary>
internal sealed class FragmentMatch(bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        view.Read();
        return view.IsLaterFragment != negated;
    }
}

/// <summary>A second prefix, interface, protocol or port condition in one rule: as the first, but as an object.</summary>
internal sealed class RepeatedMatch(CompiledRule rule) : CompiledMatch
{
    public override bool Matches(ref PacketView view) => rule.Matches(ref view);
}

/// <summary>`-m multiport`.</summary>
internal sealed class MultiportMatch(PortSide side, ImmutableArray<PortRange> ports, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        view.Read();
        if (!view.HasTransport || view.Protocol is IPProtocol.Icmp or IPProtocol.Icmpv6)
        {
            view.HotDrop |= !view.IsLaterFragment && !view.HasTransport;
            return false;
        }

        return Contains(ref view) != negated;
    }

    private bool Contains(ref PacketView view)
    {
        foreach (PortRange range in ports)
        {
            if ((side != PortSide.Destination && range.Contains(view.SourcePort))
                || (side != PortSide.Source && range.Contains(view.DestinationPort)))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>`--tcp-flags`.</summary>
internal sealed class TcpFlagsMatch(TcpFlags mask, TcpFlags compare, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        view.Read();
        if (view.Protocol != IPProtocol.Tcp || !view.HasTransport)
        {
            view.HotDrop |= view.Protocol == IPProtocol.Tcp && !view.IsLaterFragment;
            return false;
        }

        return ((view.TcpFlags & mask) == compare) != negated;
    }
}

/// <summary>`--icmp-type` and `--icmpv6-type`.</summary>
internal sealed class IcmpMatch(byte type, byte? code, bool negated) : CompiledMatch
{
    private const byte AnyType = 255;

    public override bool Matches(ref PacketView view)
    {
        view.Read();
        if (!view.HasTransport)
        {
            view.HotDrop |= !view.IsLaterFragment;
            return false;
        }

        bool same = type == AnyType || (view.IcmpType == type && (code is null || view.IcmpCode == code));
        return same != negated;
    }
}

/// <summary>`-m length`.</summary>
internal sealed class LengthMatch(ushort first, ushort last, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        int length = view.Frame.Length - PacketView.NetworkOffset;
        return (length >= first && length <= last) != negated;
    }
}

/// <summary>`-m ttl` and `-m hl`.</summary>
internal sealed class TtlMatch(ComparisonOperator comparison, byte value) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        view.Read();
        return comparison switch
        {
            ComparisonOperator.Equal => view.Ttl == value,
            ComparisonOperator.NotEqual => view.Ttl != value,
            ComparisonOperator.Less => view.Ttl < value,
            _ => view.Ttl > value,
        };
    }
}

/// <summary>`-m mac --mac-source`: of packets that came in by Ethernet.</summary>
internal sealed class MacMatch(MacAddress address, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view) =>
        view.Input is not null
        && (MacAddress.Read(view.Frame.Bytes[EthernetHeader.SourceOffset..]) == address) != negated;
}
