using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Evaluation;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Sets;

/// <summary>
/// A named set that rules look into. IPv4 members with one address take eight bytes; all others forty. Networks are found
/// by the longest prefix: one probe per prefix length in use.
/// </summary>
public sealed class IPSet
{
    private Content _content;

    internal IPSet(string name, SetType type, AddressFamily family, int maximumElements)
    {
        Name = name;
        _content = new Content(type, family) { MaximumElements = maximumElements };
    }

    public string Name { get; internal set; }

    public SetType Type => _content.Type;

    public AddressFamily Family => _content.Family;

    /// <summary>maxelem.</summary>
    public int MaximumElements => _content.MaximumElements;

    public int Count => _content.Count;

    /// <summary>How many rules, and lists, name the set: while any does, it can't be destroyed.</summary>
    public int References { get; internal set; }

    /// <summary>The members in order.</summary>
    public IReadOnlyList<SetMember> Members
    {
        get
        {
            List<SetMember> members = [.. _content.Members()];
            if (Type != SetType.ListSet)
            {
                members.Sort();
            }

            return members;
        }
    }

    internal IReadOnlyList<IPSet> Listed => _content.Sets;

    public SetError Add(SetMember member)
    {
        SetError error = Check(member);
        if (error != SetError.None)
        {
            return error;
        }

        if (Count >= MaximumElements && !_content.Contains(member))
        {
            return SetError.Full;
        }

        return _content.Add(member) ? SetError.None : SetError.Exists;
    }

    public SetError Remove(SetMember member)
    {
        SetError error = Check(member);
        return error != SetError.None ? error : _content.Remove(member) ? SetError.None : SetError.NotFound;
    }

    /// <summary>True if exactly this member was added.</summary>
    public bool Contains(SetMember member) => Check(member) == SetError.None && _content.Contains(member);

    /// <summary>Removes all members (ipset flush).</summary>
    public void Clear()
    {
        foreach (IPSet listed in _content.Sets)
        {
            listed.References--;
        }

        _content = new Content(Type, Family) { MaximumElements = MaximumElements };
    }

    /// <summary>Replaces all members at once, as a swap with a set that was filled beside it; the first error, or none.</summary>
    public SetError Replace(IEnumerable<SetMember> members)
    {
        Content content = new(Type, Family) { MaximumElements = MaximumElements };
        foreach (SetMember member in members)
        {
            SetError error = Check(member);
            if (error == SetError.None && content.Count >= MaximumElements && !content.Contains(member))
            {
                error = SetError.Full;
            }

            if (error != SetError.None)
            {
                return error;
            }

            content.Add(member);
        }

        _content = content;
        return SetError.None;
    }

    /// <summary>The number of dimensions that a match gives directions for.</summary>
    public int Dimensions => Type switch
    {
        SetType.HashIP or SetType.HashNet => 1,
        SetType.HashIPPortIP => 3,
        _ => 2,
    };

    /// <summary>ipset swap: the names change places, so that rules see the other's members at once.</summary>
    internal static void Swap(IPSet left, IPSet right) => (left._content, right._content) = (right._content, left._content);

    internal bool AddSet(IPSet set)
    {
        if (_content.Sets.Contains(set))
        {
            return false;
        }

        set.References++;
        _content.Sets.Add(set);
        return true;
    }

    internal bool RemoveSet(IPSet set)
    {
        if (!_content.Sets.Remove(set))
        {
            return false;
        }

        set.References--;
        return true;
    }

    /// <summary>True if the packet's fields, in the directions given, are a member.</summary>
    internal bool Test(ref PacketView view, ImmutableArray<SetDirection> directions)
    {
        view.Read();
        return TestRead(ref view, directions);
    }

    private bool TestRead(ref PacketView view, ImmutableArray<SetDirection> directions)
    {
        if (Type == SetType.ListSet)
        {
            foreach (IPSet set in _content.Sets)
            {
                if (set.TestRead(ref view, directions))
                {
                    return true;
                }
            }

            return false;
        }

        if (view.Family != Family || directions.Length < Dimensions)
        {
            return false;
        }

        return _content.Test(ref view, directions);
    }

    private SetError Check(in SetMember member)
    {
        if (Type == SetType.ListSet)
        {
            return SetError.WrongType;
        }

        bool twoAddresses = Type is SetType.HashIPPortIP or SetType.HashNetNet;
        if (member.Address.Family != Family || (twoAddresses && member.Second.Family != Family))
        {
            return SetError.WrongFamily;
        }

        int bits = Family == AddressFamily.IPv4 ? 32 : 128;
        bool hosts = Type is SetType.HashIP or SetType.HashIPPort or SetType.HashIPPortIP;
        if (hosts && (member.Address.Length != bits || (twoAddresses && member.Second.Length != bits)))
        {
            return SetError.WrongType;
        }

        return member.Address.Length == 0 || (twoAddresses && member.Second.Length == 0) ? SetError.ZeroPrefix : SetError.None;
    }

    /// <summary>The members, apart from the name that they are reached by.</summary>
    private sealed class Content(SetType type, AddressFamily family)
    {
        private readonly MemberTable<PackedMember>? _packed =
            family == AddressFamily.IPv4
                && type is SetType.HashIP or SetType.HashNet or SetType.HashIPPort or SetType.HashNetPort
                ? new MemberTable<PackedMember>()
                : null;

        private readonly int[] _lengthCounts = new int[129];
        private readonly MemberTable<WideMember> _wide = new();
        private readonly SortedDictionary<(int First, int Second), int> _lengthPairs = [];
        private byte[] _lengths = [];

        public SetType Type { get; } = type;

        public AddressFamily Family { get; } = family;

        public int MaximumElements { get; init; }

        /// <summary>The sets of a list.</summary>
        public List<IPSet> Sets { get; } = [];

        public int Count => Type == SetType.ListSet ? Sets.Count : _packed?.Count ?? _wide.Count;

        public bool Contains(in SetMember member) => _packed?.Contains(Pack(member)) ?? _wide.Contains(Widen(member));

        public bool Add(in SetMember member)
        {
            if (!(_packed?.Add(Pack(member)) ?? _wide.Add(Widen(member))))
            {
                return false;
            }

            CountLengths(member, 1);
            return true;
        }

        public bool Remove(in SetMember member)
        {
            if (!(_packed?.Remove(Pack(member)) ?? _wide.Remove(Widen(member))))
            {
                return false;
            }

            CountLengths(member, -1);
            return true;
        }

        public IEnumerable<SetMember> Members()
        {
            if (_packed is not null)
            {
                foreach (PackedMember key in _packed.Keys())
                {
                    IPv4Address address = new((uint)(key.Bits >> 32));
                    yield return new SetMember(
                        new InternetPrefix(address, (byte)(key.Bits >> 24)), (IPProtocol)(byte)(key.Bits >> 16), (ushort)key.Bits);
                }
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

        public bool Test(ref PacketView view, ImmutableArray<SetDirection> directions)
        {
            bool source = directions[0] == SetDirection.Source;
            ulong high = source ? view.SourceHigh : view.DestinationHigh;
            ulong low = source ? view.SourceLow : view.DestinationLow;
            byte protocol = 0;
            ushort port = 0;
            if (Type is SetType.HashIPPort or SetType.HashNetPort or SetType.HashIPPortIP)
            {
                if (!view.HasTransport)
                {
                    return false;
                }

                protocol = (byte)view.Protocol;
                port = view.Protocol is IPProtocol.Icmp or IPProtocol.Icmpv6
                    ? (ushort)((view.IcmpType << 8) | view.IcmpCode)
                    : directions[1] == SetDirection.Source ? view.SourcePort : view.DestinationPort;
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
                    ? _packed.Contains(PackedMember.Of((uint)low & IPv4Address.MaskOf(length), length, protocol, port))
                    : ContainsWide(new IPv6Address(high, low).Mask(length), length, protocol, port);
                if (found)
                {
                    return true;
                }
            }

            return false;
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

        private static PackedMember Pack(in SetMember member) =>
            PackedMember.Of(member.Address.Address.IPv4.Value, member.Address.Length, (byte)member.Protocol, member.Port);

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
}
