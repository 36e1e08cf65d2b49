using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Attributes;

/// <summary>
/// One set of path attributes, interned: equal sets are one object with one id. Immutable. The bytes are canonical:
/// type
/// codes ascending, four-octet AS numbers, NEXT_HOP and MP_REACH_NLRI left out, as the next hop is a field.
/// </summary>
/// <remarks>
/// The id names the set in RIB tables and nothing else: it depends on the history of all speakers and never decides an
/// order that anyone can see.
/// </remarks>
public sealed class PathAttributes
{
    private readonly byte[] _bytes;
    private readonly ushort _asPathOffset;
    private readonly ushort _asPathLength;

    // What every receiver of a reflected route looks at (RFC 4456 section 8).
    private readonly ushort _originatorOffset;
    private readonly ushort _clusterListOffset;
    private readonly ushort _clusterListLength;

    /// <summary>A bit for each type below 64, so that what is not there is not looked for.</summary>
    private readonly ulong _present;

    internal PathAttributes(ReadOnlySpan<byte> canonical, InternetAddress nextHop, IPv6Address linkLocal, ushort weight, uint tag, uint hash)
    {
        _bytes = canonical.ToArray();
        NextHop = nextHop;
        LinkLocalNextHop = linkLocal;
        Weight = weight;
        Tag = tag;
        Hash = hash;
        LocalPref = DefaultLocalPref;
        AttributeEnumerator attributes = new(_bytes);
        while (attributes.MoveNext())
        {
            _present |= (byte)attributes.Type < 64 ? 1UL << (byte)attributes.Type : 0;
            switch (attributes.Type)
            {
                case AttributeType.OriginatorId:
                    _originatorOffset = (ushort)attributes.ValueOffset;
                    break;
                case AttributeType.ClusterList:
                    _clusterListOffset = (ushort)attributes.ValueOffset;
                    _clusterListLength = (ushort)attributes.Value.Length;
                    break;
                case AttributeType.Origin:
                    Origin = (Origin)attributes.Value[0];
                    break;
                case AttributeType.AsPath:
                    _asPathOffset = (ushort)attributes.ValueOffset;
                    _asPathLength = (ushort)attributes.Value.Length;
                    AsPathLength = (ushort)AsPath.Length;
                    NeighborAs = AsPath.FirstAs;
                    break;
                case AttributeType.Communities:
                    NoteWellKnown(attributes.Value);
                    break;
                case AttributeType.MultiExitDisc:
                    HasMed = true;
                    Med = BinaryPrimitives.ReadUInt32BigEndian(attributes.Value);
                    break;
                case AttributeType.LocalPref:
                    HasLocalPref = true;
                    LocalPref = BinaryPrimitives.ReadUInt32BigEndian(attributes.Value);
                    break;
            }

            if (attributes.Type <= AttributeType.AsPath)
            {
                NextHopPosition = (ushort)attributes.Position;
            }
        }
    }

    /// <summary>What a route without LOCAL_PREF is worth, as every daemon has it.</summary>
    public const uint DefaultLocalPref = 100;

    /// <summary>The id in the table; meaningful while a route holds the set.</summary>
    public int Id { get; internal set; }

    /// <summary>NEXT_HOP, or the global next hop of MP_REACH_NLRI; unspecified for a route that begins here.</summary>
    public InternetAddress NextHop { get; }

    /// <summary>The link-local next hop of RFC 2545 section 3, or ::.</summary>
    public IPv6Address LinkLocalNextHop { get; }

    /// <summary>What this router itself gave the route; it goes to nobody.</summary>
    public ushort Weight { get; }

    /// <summary>What this router marked the route with ("set tag", "ip route ... tag"); it goes to nobody. 0 for nothing.</summary>
    public uint Tag { get; }

    public Origin Origin { get; }

    /// <summary>Length as the decision process counts it.</summary>
    public ushort AsPathLength { get; }

    /// <summary>The AS that the route was received from, for comparing MEDs (RFC 4271 section 9.1.2.2 (c)).</summary>
    public uint NeighborAs { get; }

    public bool HasMed { get; }

    /// <summary>MULTI_EXIT_DISC; 0, the most preferred value, without one (RFC 4271 section 9.1.2.2 (c)).</summary>
    public uint Med { get; }

    public bool HasLocalPref { get; }

    public uint LocalPref { get; }

    /// <summary>LLGR_STALE is among the communities: the least preferred of all (RFC 9494 section 4.3).</summary>
    public bool IsLongLivedStale { get; private set; }

    /// <summary>GRACEFUL_SHUTDOWN is among the communities (RFC 8326).</summary>
    public bool IsShuttingDown { get; private set; }

    /// <summary>BLACKHOLE is among the communities (RFC 7999).</summary>
    public bool IsBlackhole { get; private set; }

    public AsPath AsPath => new(_bytes.AsSpan(_asPathOffset, _asPathLength));

    /// <summary>All attributes but the next hop, as they go on the wire to a four-octet speaker.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Where in <see cref="Bytes"/> a NEXT_HOP belongs: after ORIGIN and AS_PATH.</summary>
    internal int NextHopPosition { get; }

    internal uint Hash { get; }

    /// <summary>Routes that hold this set; at zero its id is given back.</summary>
    internal int References { get; set; }

    /// <summary>The next set of the same bucket.</summary>
    internal PathAttributes? NextInBucket { get; set; }

    /// <summary>The value of one attribute; false if the set has none.</summary>
    public bool TryGet(AttributeType type, out ReadOnlySpan<byte> value)
    {
        AttributeEnumerator attributes = new((byte)type < 64 && (_present & (1UL << (byte)type)) == 0 ? [] : _bytes);
        while (attributes.MoveNext())
        {
            if (attributes.Type == type)
            {
                value = attributes.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    public bool HasCommunity(Community community) =>
        TryGet(AttributeType.Communities, out ReadOnlySpan<byte> value) && Contains(value, community);

    private void NoteWellKnown(ReadOnlySpan<byte> value)
    {
        for (; value.Length > 0; value = value[4..])
        {
            Community community = new(BinaryPrimitives.ReadUInt32BigEndian(value));
            IsLongLivedStale |= community == Community.LlgrStale;
            IsShuttingDown |= community == Community.GracefulShutdown;
            IsBlackhole |= community == Community.Blackhole;
        }
    }

    private static bool Contains(ReadOnlySpan<byte> value, Community community)
    {
        for (; value.Length > 0; value = value[4..])
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(value) == community.Value)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>ORIGINATOR_ID (RFC 4456 section 8); false if the route was not reflected.</summary>
    public bool TryGetOriginatorId(out IPv4Address originator)
    {
        originator = _originatorOffset > 0 ? IPv4Address.Read(_bytes.AsSpan(_originatorOffset)) : default;
        return _originatorOffset > 0;
    }

    /// <summary>The AS in ONLY_TO_CUSTOMER (RFC 9234), if it is there.</summary>
    public bool TryGetOnlyToCustomer(out uint marked)
    {
        bool found = TryGet(AttributeType.OnlyToCustomer, out ReadOnlySpan<byte> value);
        marked = found ? BinaryPrimitives.ReadUInt32BigEndian(value) : 0;
        return found;
    }

    /// <summary>The number of clusters that the route has passed (RFC 4456 section 9).</summary>
    public int ClusterListLength => _clusterListLength / IPv4Address.Size;

    public bool ClusterListContains(IPv4Address cluster)
    {
        for (ReadOnlySpan<byte> value = _bytes.AsSpan(_clusterListOffset, _clusterListLength); value.Length > 0; value = value[IPv4Address.Size..])
        {
            if (IPv4Address.Read(value) == cluster)
            {
                return true;
            }
        }

        return false;
    }
}
