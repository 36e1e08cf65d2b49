using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Attributes;

/// <summary>
/// A set of path attributes that can be changed: what policy and export work on. Used again and again; it holds what
/// <c>Load</c> gave it until the next one.
/// </summary>
public sealed class PathAttributesBuilder
{
    private readonly List<(AttributeType Type, AttributeFlags Flags, byte[] Value)> _others = [];
    private byte[] _asPath = [];
    private byte[]? _aggregator;
    private byte[] _scratch = new byte[1024];

    public Origin Origin { get; set; }

    public InternetAddress NextHop { get; set; }

    public IPv6Address LinkLocalNextHop { get; set; }

    /// <summary>Policy wants the speaker itself as next hop; whose address that is depends on the neighbour.</summary>
    public bool NextHopSelf { get; set; }

    /// <summary>What this router gives the route; it goes to nobody.</summary>
    public ushort Weight { get; set; }

    /// <summary>What this router marks the route with; it goes to nobody.</summary>
    public uint Tag { get; set; }

    /// <summary>Policy wants the next hop left alone, whatever the neighbour's configuration says.</summary>
    public bool NextHopKept { get; set; }

    public uint? Med { get; set; }

    public uint? LocalPref { get; set; }

    public bool AtomicAggregate { get; set; }

    public IPv4Address? OriginatorId { get; set; }

    /// <summary>ONLY_TO_CUSTOMER (RFC 9234): the AS that has marked the route, or null.</summary>
    public uint? OnlyToCustomer
    {
        get
        {
            int at = _others.FindIndex(other => other.Type == AttributeType.OnlyToCustomer);
            return at < 0 ? null : BinaryPrimitives.ReadUInt32BigEndian(_others[at].Value);
        }

        set
        {
            _others.RemoveAll(other => other.Type == AttributeType.OnlyToCustomer);
            if (value is uint marked)
            {
                byte[] bytes = new byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(bytes, marked);
                int at = _others.FindIndex(other => other.Type > AttributeType.OnlyToCustomer);
                _others.Insert(
                    at < 0 ? _others.Count : at,
                    (AttributeType.OnlyToCustomer, AttributeFlags.Optional | AttributeFlags.Transitive, bytes));
            }
        }
    }

    public List<Community> Communities { get; } = [];

    /// <summary>Adds a community in its place, unless it is there.</summary>
    internal void AddCommunity(Community community)
    {
        if (!Communities.Contains(community))
        {
            Communities.Add(community);
            Communities.Sort();
        }
    }

    public List<ulong> ExtendedCommunities { get; } = [];

    public List<LargeCommunity> LargeCommunities { get; } = [];

    /// <summary>CLUSTER_LIST, nearest cluster first.</summary>
    public List<IPv4Address> ClusterList { get; } = [];

    public AsPath AsPath => new(_asPath);

    /// <summary>Starts from nothing: ORIGIN IGP, empty AS_PATH.</summary>
    public void Clear()
    {
        Origin = Origin.Igp;
        NextHop = default;
        LinkLocalNextHop = default;
        NextHopSelf = false;
        NextHopKept = false;
        Weight = 0;
        Tag = 0;
        Med = null;
        LocalPref = null;
        AtomicAggregate = false;
        OriginatorId = null;
        Communities.Clear();
        ExtendedCommunities.Clear();
        LargeCommunities.Clear();
        ClusterList.Clear();
        _asPath = [];
        _aggregator = null;
        _others.Clear();
    }

    /// <summary>Starts from an interned set.</summary>
    public void Load(PathAttributes attributes)
    {
        Clear();
        NextHop = attributes.NextHop;
        LinkLocalNextHop = attributes.LinkLocalNextHop;
        Weight = attributes.Weight;
        Tag = attributes.Tag;
        AttributeEnumerator all = new(attributes.Bytes);
        while (all.MoveNext())
        {
            Load(all.Type, all.Flags, all.Value);
        }
    }

    public void SetAggregator(uint asNumber, IPv4Address address)
    {
        _aggregator = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(_aggregator, asNumber);
        address.Write(_aggregator.AsSpan(4));
    }

    /// <summary>Replaces the path by one AS_SEQUENCE (or nothing).</summary>
    public void SetAsPath(ReadOnlySpan<uint> sequence)
    {
        _asPath = [];
        for (int i = sequence.Length - 1; i >= 0; i--)
        {
            Prepend(sequence[i], 1);
        }
    }

    /// <summary>
    /// Prepends <paramref name="asNumber"/> as often as <paramref name="count"/> says (RFC 4271 section 5.1.2).
    /// </summary>
    public void Prepend(uint asNumber, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Prepend(asNumber, AsPathSegmentType.AsSequence);
        }
    }

    /// <summary>Prepends a member AS, as to another one of the confederation (RFC 5065 section 4).</summary>
    public void PrependConfederation(uint memberAs) => Prepend(memberAs, AsPathSegmentType.AsConfedSequence);

    /// <summary>Puts an AS_CONFED_SET in front: the members that an aggregate has taken in.</summary>
    public void PrependConfederationSet(IReadOnlyCollection<uint> members)
    {
        byte[] path = _asPath;
        _asPath = [];
        AppendSet(members, AsPathSegmentType.AsConfedSet);
        _asPath = [.. _asPath, .. path];
    }

    /// <summary>Takes the confederation's segments out: the path leaves it (RFC 5065 section 4).</summary>
    public void RemoveConfederation()
    {
        if (AsPath.HasConfederation)
        {
            _asPath = TwoOctetAsPath.WithoutConfederation(_asPath).ToArray();
        }
    }

    /// <summary>Takes out every private AS number (RFC 6996); segments that become empty go.</summary>
    public void RemovePrivateAs(uint kept) => FilterAsPath(asNumber => asNumber == kept || !IsPrivate(asNumber));

    /// <summary>True if the path holds no number but private ones.</summary>
    public bool HasOnlyPrivateAs
    {
        get
        {
            bool only = true;
            MapAsPath(asNumber =>
            {
                only &= IsPrivate(asNumber);
                return asNumber;
            });
            return only;
        }
    }

    /// <summary>RFC 6996 section 5.</summary>
    public static bool IsPrivate(uint asNumber) =>
        asNumber is (>= 64512 and <= 65534) or (>= 4200000000 and <= 4294967294);

    /// <summary>Puts another number in the place of each.</summary>
    public void MapAsPath(Func<uint, uint> map)
    {
        byte[] path = [.. _asPath];
        for (int at = 0; at < path.Length; at += AsPath.SegmentSize(path.AsSpan(at)))
        {
            for (int i = 0; i < path[at + 1]; i++)
            {
                Span<byte> number = path.AsSpan(at + 2 + (i * 4));
                BinaryPrimitives.WriteUInt32BigEndian(number, map(BinaryPrimitives.ReadUInt32BigEndian(number)));
            }
        }

        _asPath = path;
    }

    /// <summary>Appends an AS_SET: what an aggregate has taken in (RFC 4271 section 9.2.2.2).</summary>
    public void AppendAsSet(IReadOnlyCollection<uint> numbers) => AppendSet(numbers, AsPathSegmentType.AsSet);

    private void AppendSet(IReadOnlyCollection<uint> numbers, AsPathSegmentType type)
    {
        foreach (uint[] part in numbers.Chunk(byte.MaxValue))
        {
            byte[] segment = new byte[2 + (part.Length * 4)];
            segment[0] = (byte)type;
            segment[1] = (byte)part.Length;
            for (int i = 0; i < part.Length; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(2 + (i * 4)), part[i]);
            }

            _asPath = [.. _asPath, .. segment];
        }
    }

    /// <summary>Replaces the path's bytes; they must be valid four-octet segments.</summary>
    internal void SetAsPathBytes(ReadOnlySpan<byte> segments) => _asPath = segments.ToArray();

    /// <summary>Keeps the AS numbers that <paramref name="keep"/> accepts.</summary>
    public void FilterAsPath(Func<uint, bool> keep)
    {
        Span<byte> result = new byte[_asPath.Length];
        WireWriter writer = new(result);
        for (ReadOnlySpan<byte> rest = _asPath; rest.Length > 0; rest = rest[AsPath.SegmentSize(rest)..])
        {
            int start = writer.Position;
            writer.WriteByte(rest[0]);
            int count = 0;
            int countAt = writer.Reserve(1);
            for (int i = 0; i < rest[1]; i++)
            {
                uint asNumber = BinaryPrimitives.ReadUInt32BigEndian(rest[(2 + (i * 4))..]);
                if (keep(asNumber))
                {
                    writer.WriteUInt32(asNumber);
                    count++;
                }
            }

            writer.PatchByte(countAt, (byte)count);
            if (count == 0)
            {
                writer.Reserve(start - writer.Position);
            }
        }

        _asPath = writer.Written.ToArray();
    }

    /// <summary>Takes out optional non-transitive and unknown attributes that must not leave the AS.</summary>
    internal void RemoveReflection()
    {
        OriginatorId = null;
        ClusterList.Clear();
    }

    /// <summary>The interned set with what the builder holds.</summary>
    internal PathAttributes Intern(PathAttributeTable table)
    {
        EnsureScratch();
        WireWriter writer = new(_scratch);
        Write(ref writer);
        return table.Intern(writer.Written, NextHop, LinkLocalNextHop, Weight, Tag);
    }

    private void Load(AttributeType type, AttributeFlags flags, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case AttributeType.Origin:
                Origin = (Origin)value[0];
                break;
            case AttributeType.AsPath:
                _asPath = value.ToArray();
                break;
            case AttributeType.MultiExitDisc:
                Med = BinaryPrimitives.ReadUInt32BigEndian(value);
                break;
            case AttributeType.LocalPref:
                LocalPref = BinaryPrimitives.ReadUInt32BigEndian(value);
                break;
            case AttributeType.AtomicAggregate:
                AtomicAggregate = true;
                break;
            case AttributeType.Aggregator:
                _aggregator = value.ToArray();
                break;
            case AttributeType.Communities:
                for (; value.Length > 0; value = value[4..])
                {
                    Communities.Add(new Community(BinaryPrimitives.ReadUInt32BigEndian(value)));
                }

                break;
            case AttributeType.OriginatorId:
                OriginatorId = IPv4Address.Read(value);
                break;
            case AttributeType.ClusterList:
                for (; value.Length > 0; value = value[4..])
                {
                    ClusterList.Add(IPv4Address.Read(value));
                }

                break;
            case AttributeType.ExtendedCommunities:
                for (; value.Length > 0; value = value[8..])
                {
                    ExtendedCommunities.Add(BinaryPrimitives.ReadUInt64BigEndian(value));
                }

                break;
            case AttributeType.LargeCommunities:
                for (; value.Length > 0; value = value[12..])
                {
                    LargeCommunities.Add(new LargeCommunity(
                        BinaryPrimitives.ReadUInt32BigEndian(value),
                        BinaryPrimitives.ReadUInt32BigEndian(value[4..]),
                        BinaryPrimitives.ReadUInt32BigEndian(value[8..])));
                }

                break;
            default:
                _others.Add((type, flags & ~AttributeFlags.ExtendedLength, value.ToArray()));
                break;
        }
    }

    private void Prepend(uint asNumber, AsPathSegmentType type)
    {
        bool extend = _asPath.Length > 0
            && (AsPathSegmentType)_asPath[0] == type
            && _asPath[1] < byte.MaxValue;
        byte[] longer = new byte[_asPath.Length + (extend ? 4 : 6)];
        longer[0] = (byte)type;
        longer[1] = extend ? (byte)(_asPath[1] + 1) : (byte)1;
        BinaryPrimitives.WriteUInt32BigEndian(longer.AsSpan(2), asNumber);
        _asPath.AsSpan(extend ? 2 : 0).CopyTo(longer.AsSpan(6));
        _asPath = longer;
    }

    private void EnsureScratch()
    {
        int size = 64 + _asPath.Length + (Communities.Count * 4) + (ExtendedCommunities.Count * 8)
            + (LargeCommunities.Count * 12) + (ClusterList.Count * 4) + 64;
        foreach ((AttributeType _, AttributeFlags _, byte[] value) in _others)
        {
            size += value.Length + 4;
        }

        if (_scratch.Length < size)
        {
            _scratch = new byte[size];
        }
    }

    private void Write(ref WireWriter writer)
    {
        const AttributeFlags optionalTransitive = AttributeFlags.Optional | AttributeFlags.Transitive;
        Span<byte> four = stackalloc byte[4];
        AttributeWriter.Write(ref writer, AttributeType.Origin, AttributeFlags.Transitive, [(byte)Origin]);
        AttributeWriter.Write(ref writer, AttributeType.AsPath, AttributeFlags.Transitive, _asPath);
        if (Med is uint med)
        {
            BinaryPrimitives.WriteUInt32BigEndian(four, med);
            AttributeWriter.Write(ref writer, AttributeType.MultiExitDisc, AttributeFlags.Optional, four);
        }

        if (LocalPref is uint localPref)
        {
            BinaryPrimitives.WriteUInt32BigEndian(four, localPref);
            AttributeWriter.Write(ref writer, AttributeType.LocalPref, AttributeFlags.Transitive, four);
        }

        if (AtomicAggregate)
        {
            AttributeWriter.Write(ref writer, AttributeType.AtomicAggregate, AttributeFlags.Transitive, []);
        }

        AttributeWriter.WriteIfPresent(ref writer, AttributeType.Aggregator, optionalTransitive, _aggregator);
        if (Communities.Count > 0)
        {
            Header(ref writer, AttributeType.Communities, optionalTransitive, Communities.Count * 4);
            foreach (Community community in Communities)
            {
                writer.WriteUInt32(community.Value);
            }
        }

        if (OriginatorId is IPv4Address originator)
        {
            originator.Write(four);
            AttributeWriter.Write(ref writer, AttributeType.OriginatorId, AttributeFlags.Optional, four);
        }

        if (ClusterList.Count > 0)
        {
            Header(ref writer, AttributeType.ClusterList, AttributeFlags.Optional, ClusterList.Count * 4);
            foreach (IPv4Address cluster in ClusterList)
            {
                writer.WriteUInt32(cluster.Value);
            }
        }

        if (ExtendedCommunities.Count > 0)
        {
            Header(ref writer, AttributeType.ExtendedCommunities, optionalTransitive, ExtendedCommunities.Count * 8);
            foreach (ulong community in ExtendedCommunities)
            {
                writer.WriteUInt32((uint)(community >> 32));
                writer.WriteUInt32((uint)community);
            }
        }

        WriteOthers(ref writer, below: true);
        if (LargeCommunities.Count > 0)
        {
            Header(ref writer, AttributeType.LargeCommunities, optionalTransitive, LargeCommunities.Count * 12);
            foreach (LargeCommunity community in LargeCommunities)
            {
                writer.WriteUInt32(community.GlobalAdministrator);
                writer.WriteUInt32(community.Data1);
                writer.WriteUInt32(community.Data2);
            }
        }

        WriteOthers(ref writer, below: false);
    }

    // Unknown attributes come from a canonical set, so they are in order.
    private void WriteOthers(ref WireWriter writer, bool below)
    {
        foreach ((AttributeType type, AttributeFlags flags, byte[] value) in _others)
        {
            if (type < AttributeType.LargeCommunities == below)
            {
                AttributeWriter.Write(ref writer, type, flags, value);
            }
        }
    }

    private static void Header(ref WireWriter writer, AttributeType type, AttributeFlags flags, int length)
    {
        bool extended = length > byte.MaxValue;
        writer.WriteByte((byte)(extended ? flags | AttributeFlags.ExtendedLength : flags));
        writer.WriteByte((byte)type);
        if (extended)
        {
            writer.WriteUInt16((ushort)length);
        }
        else
        {
            writer.WriteByte((byte)length);
        }
    }
}
