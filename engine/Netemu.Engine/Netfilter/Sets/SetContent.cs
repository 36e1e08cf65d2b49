using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Evaluation;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Sets;

/// <summary>
/// The members of a set, apart from the name that they are reached by. Sets of several namespaces may have one content
/// (<see cref="IPSet.Share"/>); it changes only while one set alone has it.
/// </summary>
public sealed partial class SetContent
{
    private readonly NumberTable<uint>? _addresses;
    private readonly NumberTable<ulong>? _packed;
    private readonly int[] _lengthCounts;
    private readonly MemberTable<WideMember> _wide;
    private readonly SortedDictionary<(int First, int Second), int> _lengthPairs;
    private byte[] _lengths = [];

    internal SetContent(SetType type, AddressFamily family)
    {
        Type = type;
        Family = family;
        if (family == AddressFamily.IPv4)
        {
            _addresses = type is SetType.HashIP ? new NumberTable<uint>() : null;
            _packed = type is SetType.HashNet or SetType.HashIPPort or SetType.HashNetPort ? new NumberTable<ulong>() : null;
        }

        _wide = new MemberTable<WideMember>();
        _lengthCounts = new int[129];
        _lengthPairs = [];
    }

    private SetContent(SetContent other)
    {
        Type = other.Type;
        Family = other.Family;
        _addresses = other._addresses?.Clone();
        _packed = other._packed?.Clone();
        _wide = other._wide.Clone();
        _lengthCounts = [.. other._lengthCounts];
        _lengthPairs = new SortedDictionary<(int First, int Second), int>(other._lengthPairs);
        _lengths = other._lengths;
        Sets.AddRange(other.Sets);
    }

    public int Count => Type == SetType.ListSet ? Sets.Count : _addresses?.Count ?? _packed?.Count ?? _wide.Count;

    public SetType Type { get; }

    public AddressFamily Family { get; }

    /// <summary>Counts its changes: whoever remembers a content remembers this with it.</summary>
    public long Revision { get; private set; }

    /// <summary>How many sets have it.</summary>
    internal int Users { get; set; }

    /// <summary>The sets of a list.</summary>
    internal List<IPSet> Sets { get; } = [];

    internal SetContent Clone() => new(this);

    internal bool Contains(in SetMember member) =>
        _addresses?.Contains(AddressOf(member)) ?? _packed?.Contains(Pack(member)) ?? _wide.Contains(Widen(member));

    internal bool Add(in SetMember member)
    {
        if (!(_addresses?.Add(AddressOf(member)) ?? _packed?.Add(Pack(member)) ?? _wide.Add(Widen(member))))
        {
            return false;
        }

        CountLengths(member, 1);
        Revision++;
        return true;
    }

    internal bool Remove(in SetMember member)
    {
        if (!(_addresses?.Remove(AddressOf(member)) ?? _packed?.Remove(Pack(member)) ?? _wide.Remove(Widen(member))))
        {
            return false;
        }

        CountLengths(member, -1);
        Revision++;
        return true;
    }

    internal IEnumerable<SetMember> Members()
    {
        foreach (uint address in _addresses?.Members() ?? [])
        {
            yield return new SetMember(new InternetPrefix(new IPv4Address(address), 32));
        }

        foreach (ulong member in _packed?.Members() ?? [])
        {
            IPv4Address address = new((uint)(member >> 32));
            yield return new SetMember(
                new InternetPrefix(address, (byte)(member >> 24)), (IPProtocol)(byte)(member >> 16), (ushort)member);
        }

        foreach (WideMember key in _wide.Keys())
        {
            int secondLength = (ushort)(key.Selectors >> 32);
            yield return new SetMember(
                new InternetPrefix(Address(key.High, key.Low), (int)(key.Selectors >> 48)),
                (IPProtocol)(byte)(key.Selectors >> 16),
                (ushort)key.Selectors,
                secondLength == 0 ? default : new InternetPrefix(Address(key.SecondHigh, key.SecondLow), secondLength));
        }

        foreach (IPSet set in Sets)
        {
            yield return new SetMember(default, Set: set.Name);
        }
    }

    internal bool Test(ref PacketView view, ImmutableArray<SetDirection> directions)
    {
        bool source = directions[0] == SetDirection.Source;
        ulong high = source ? view.SourceHigh : view.DestinationHigh;
        ulong low = source ? view.SourceLow : view.DestinationLow;
        if (_addresses is not null)
        {
            return _addresses.Contains((uint)low);
        }

        if (!TryReadPort(ref view, directions, out byte protocol, out ushort port))
        {
            return false;
        }

        if (Type is SetType.HashIPPortIP or SetType.HashNetNet)
        {
            bool secondSource = directions[^1] == SetDirection.Source;
            return TestPairs(
                high,
                low,
                secondSource ? view.SourceHigh : view.DestinationHigh,
                secondSource ? view.SourceLow : view.DestinationLow,
                protocol,
                port);
        }

        foreach (byte length in _lengths)
        {
            bool found = _packed is not null
                ? _packed.Contains(Pack((uint)low & IPv4Address.MaskOf(length), length, protocol, port))
                : ContainsWide(new IPv6Address(high, low).Mask(length), length, protocol, port);
            if (found)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Protocol and port, or ICMP type and code, of a packet where members have them; false if it has none.</summary>
    private bool TryReadPort(ref PacketView view, ImmutableArray<SetDirection> directions, out byte protocol, out ushort port)
    {
        protocol = 0;
        port = 0;
        if (Type is not (SetType.HashIPPort or SetType.HashNetPort or SetType.HashIPPortIP))
        {
            return true;
        }

        if (!view.HasTransport)
        {
            return false;
        }

        protocol = (byte)view.Protocol;
        port = view.Protocol is IPProtocol.Icmp or IPProtocol.Icmpv6
            ? (ushort)((view.IcmpType << 8) | view.IcmpCode)
            : directions[1] == SetDirection.Source ? view.SourcePort : view.DestinationPort;
        return true;
    }

    private bool ContainsWide(IPv6Address masked, int length, byte protocol, ushort port) =>
        _wide.Contains(new WideMember(masked.High, masked.Low, 0, 0, WideMember.Select(length, 0, protocol, port)));

    private bool TestPairs(ulong high, ulong low, ulong secondHigh, ulong secondLow, byte protocol, ushort port)
    {
        foreach ((int first, int second) in _lengthPairs.Keys)
        {
            (ulong maskedHigh, ulong maskedLow) = Mask(high, low, first);
            (ulong secondMaskedHigh, ulong secondMaskedLow) = Mask(secondHigh, secondLow, second);
            ulong selectors = WideMember.Select(first, second, protocol, port);
            if (_wide.Contains(new WideMember(maskedHigh, maskedLow, secondMaskedHigh, secondMaskedLow, selectors)))
            {
                return true;
            }
        }

        return false;
    }

    private (ulong High, ulong Low) Mask(ulong high, ulong low, int length)
    {
        if (Family == AddressFamily.IPv4)
        {
            return (0, (uint)low & IPv4Address.MaskOf(length));
        }

        IPv6Address masked = new IPv6Address(high, low).Mask(length);
        return (masked.High, masked.Low);
    }

    private void CountLengths(in SetMember member, int change)
    {
        int count = _lengthCounts[member.Address.Length] += change;
        if (count == 0 || (count == 1 && change > 0))
        {
            // The longest prefix first.
            _lengths = [.. from length in Enumerable.Range(1, 128).Reverse() where _lengthCounts[length] > 0 select (byte)length];
        }

        if (!member.Second.Address.IsNone)
        {
            (int, int) pair = (member.Address.Length, member.Second.Length);
            int pairs = _lengthPairs.GetValueOrDefault(pair) + change;
            _lengthPairs[pair] = pairs;
            if (pairs == 0)
            {
                _lengthPairs.Remove(pair);
            }
        }
    }

    private InternetAddress Address(ulong high, ulong low) => Family == AddressFamily.IPv4
        ? new InternetAddress(new IPv4Address((uint)low))
        : new InternetAddress(new IPv6Address(high, low));

    private static uint AddressOf(in SetMember member) => member.Address.Address.IPv4.Value;

    private static ulong Pack(in SetMember member) =>
        Pack(AddressOf(member), member.Address.Length, (byte)member.Protocol, member.Port);

    /// <summary>A member with one IPv4 address in 64 bits.</summary>
    private static ulong Pack(uint address, int length, byte protocol, ushort port) =>
        ((ulong)address << 32) | ((ulong)length << 24) | ((ulong)protocol << 16) | port;

    private static WideMember Widen(in SetMember member)
    {
        IPv6Address first = member.Address.Address.IPv6;
        IPv6Address second = member.Second.Address.IPv6;
        return new WideMember(
            first.High,
            first.Low,
            second.High,
            second.Low,
            WideMember.Select(member.Address.Length, member.Second.Length, (byte)member.Protocol, member.Port));
    }
}
