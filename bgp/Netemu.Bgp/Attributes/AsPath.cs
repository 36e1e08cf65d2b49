using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Netemu.Bgp.Attributes;

/// <summary>A view over a valid AS_PATH of four-octet numbers (RFC 4271 section 5.1.2, RFC 6793).</summary>
public readonly ref struct AsPath(ReadOnlySpan<byte> bytes)
{
    private const int HeaderSize = 2;
    private const int AsSize = 4;

    /// <summary>The segments as on the wire.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public bool IsEmpty => Bytes.IsEmpty;

    /// <summary>
    /// The length that the decision process compares: an AS_SET counts as one (RFC 4271 section 9.1.2.2 (a)),
    /// confederation segments as none (RFC 5065 section 5.3).
    /// </summary>
    public int Length => Count(AsPathSegmentType.AsSequence, AsPathSegmentType.AsSet);

    /// <summary>
    /// The leftmost AS: of the neighbour that sent the route. 0 for an empty path or a leading AS_SET.
    /// </summary>
    public uint FirstAs
    {
        get
        {
            ReadOnlySpan<byte> rest = Bytes;
            while (!rest.IsEmpty && IsConfederation(rest))
            {
                // RFC 5065 section 5.3: its members are no neighbouring ASes.
                rest = rest[SegmentSize(rest)..];
            }

            return !rest.IsEmpty && (AsPathSegmentType)rest[0] == AsPathSegmentType.AsSequence
                ? BinaryPrimitives.ReadUInt32BigEndian(rest[HeaderSize..])
                : 0;
        }
    }

    /// <summary>The leftmost number of all, a confederation's member too; 0 for an empty path or a leading set.</summary>
    public uint LeftmostAs =>
        !Bytes.IsEmpty && (AsPathSegmentType)Bytes[0] is AsPathSegmentType.AsSequence or AsPathSegmentType.AsConfedSequence
            ? BinaryPrimitives.ReadUInt32BigEndian(Bytes[HeaderSize..])
            : 0;

    /// <summary>What confederation segments add where they count: a number each, a set as one.</summary>
    public int ConfederationLength => Count(AsPathSegmentType.AsConfedSequence, AsPathSegmentType.AsConfedSet);

    /// <summary>True if a segment of a confederation is in it.</summary>
    public bool HasConfederation
    {
        get
        {
            bool found = false;
            for (ReadOnlySpan<byte> rest = Bytes; rest.Length > 0 && !found; rest = rest[SegmentSize(rest)..])
            {
                found = IsConfederation(rest);
            }

            return found;
        }
    }

    /// <summary>The rightmost AS: where the route began; 0 for an empty path.</summary>
    public uint OriginAs => Bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32BigEndian(Bytes[^AsSize..]);

    /// <summary>How often <paramref name="asNumber"/> occurs: the loop check.</summary>
    /// <param name="asNumber">The number.</param>
    /// <param name="inConfederation">Null for all segments; else only those of a confederation, or only the others.</param>
    public int CountOf(uint asNumber, bool? inConfederation = null)
    {
        int count = 0;
        for (ReadOnlySpan<byte> rest = Bytes; rest.Length > 0; rest = rest[SegmentSize(rest)..])
        {
            if (inConfederation is bool wanted && wanted != IsConfederation(rest))
            {
                continue;
            }

            for (int i = 0; i < rest[1]; i++)
            {
                if (BinaryPrimitives.ReadUInt32BigEndian(rest[(HeaderSize + (i * AsSize))..]) == asNumber)
                {
                    count++;
                }
            }
        }

        return count;
    }

    /// <summary>
    /// True if segments of <paramref name="asSize"/>-octet numbers fill the bytes exactly (RFC 7606 section 7.2), and none of them
    /// is 0 (RFC 7607 section 2).
    /// </summary>
    /// <param name="bytes">The attribute's value.</param>
    /// <param name="asSize">Octets of an AS number.</param>
    /// <param name="confederation">Whether segments of a confederation are as good as others (RFC 5065).</param>
    internal static bool IsValid(ReadOnlySpan<byte> bytes, int asSize, bool confederation = false)
    {
        while (bytes.Length > 0)
        {
            if (bytes.Length < HeaderSize
                || (AsPathSegmentType)bytes[0] is < AsPathSegmentType.AsSet or > AsPathSegmentType.AsConfedSet
                || (IsConfederation(bytes) && !confederation)
                || bytes[1] == 0
                || bytes.Length < HeaderSize + (bytes[1] * asSize)
                || HasZero(bytes.Slice(HeaderSize, bytes[1] * asSize), asSize))
            {
                return false;
            }

            bytes = bytes[(HeaderSize + (bytes[1] * asSize))..];
        }

        return true;
    }

    /// <summary>As FRR prints it: "(65011 65012) 65001 65002 {65003,65004}", and a set of a confederation in brackets.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        for (ReadOnlySpan<byte> rest = Bytes; rest.Length > 0; rest = rest[SegmentSize(rest)..])
        {
            (string open, string close, string between) = (AsPathSegmentType)rest[0] switch
            {
                AsPathSegmentType.AsSet => ("{", "}", ","),
                AsPathSegmentType.AsConfedSequence => ("(", ")", " "),
                AsPathSegmentType.AsConfedSet => ("[", "]", ","),
                _ => ("", "", " "),
            };
            text.Append(text.Length > 0 ? " " : "").Append(open);
            for (int i = 0; i < rest[1]; i++)
            {
                uint asNumber = BinaryPrimitives.ReadUInt32BigEndian(rest[(HeaderSize + (i * AsSize))..]);
                text.Append(i > 0 ? between : "").Append(CultureInfo.InvariantCulture, $"{asNumber}");
            }

            text.Append(close);
        }

        return text.ToString();
    }

    // Zero is zero in any order of octets.
    private static bool HasZero(ReadOnlySpan<byte> numbers, int size) => size == AsSize
        ? MemoryMarshal.Cast<byte, uint>(numbers).Contains(0u)
        : MemoryMarshal.Cast<byte, ushort>(numbers).Contains((ushort)0);

    internal static bool IsConfederation(ReadOnlySpan<byte> segment) =>
        (AsPathSegmentType)segment[0] is AsPathSegmentType.AsConfedSequence or AsPathSegmentType.AsConfedSet;

    /// <summary>The numbers in sequences, and a set as one.</summary>
    private int Count(AsPathSegmentType sequence, AsPathSegmentType set)
    {
        int length = 0;
        for (ReadOnlySpan<byte> rest = Bytes; rest.Length > 0; rest = rest[SegmentSize(rest)..])
        {
            AsPathSegmentType type = (AsPathSegmentType)rest[0];
            length += type == sequence ? rest[1] : type == set ? 1 : 0;
        }

        return length;
    }

    internal static int SegmentSize(ReadOnlySpan<byte> segment) => HeaderSize + (segment[1] * AsSize);
}
