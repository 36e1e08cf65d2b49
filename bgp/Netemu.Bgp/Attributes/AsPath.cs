using System;
using System.Buffers.Binary;
using System.Globalization;
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
    public int Length
    {
        get
        {
            int length = 0;
            for (ReadOnlySpan<byte> rest = Bytes; rest.Length > 0; rest = rest[SegmentSize(rest)..])
            {
                length += (AsPathSegmentType)rest[0] switch
                {
                    AsPathSegmentType.AsSequence => rest[1],
                    AsPathSegmentType.AsSet => 1,
                    _ => 0,
                };
            }

            return length;
        }
    }

    /// <summary>The leftmost AS: of the neighbour that sent the route. 0 for an empty path or a leading AS_SET.</summary>
    public uint FirstAs =>
        !Bytes.IsEmpty && (AsPathSegmentType)Bytes[0] == AsPathSegmentType.AsSequence
            ? BinaryPrimitives.ReadUInt32BigEndian(Bytes[HeaderSize..])
            : 0;

    /// <summary>The rightmost AS: where the route began; 0 for an empty path.</summary>
    public uint OriginAs => Bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32BigEndian(Bytes[^AsSize..]);

    /// <summary>How often <paramref name="asNumber"/> occurs: the loop check.</summary>
    public int CountOf(uint asNumber)
    {
        int count = 0;
        for (ReadOnlySpan<byte> rest = Bytes; rest.Length > 0; rest = rest[SegmentSize(rest)..])
        {
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

    /// <summary>True if segments of <paramref name="asSize"/>-octet numbers fill the bytes exactly (RFC 7606 section 7.2).</summary>
    internal static bool IsValid(ReadOnlySpan<byte> bytes, int asSize)
    {
        while (bytes.Length > 0)
        {
            if (bytes.Length < HeaderSize
                || (AsPathSegmentType)bytes[0] is not (AsPathSegmentType.AsSet or AsPathSegmentType.AsSequence)
                || bytes[1] == 0
                || bytes.Length < HeaderSize + (bytes[1] * asSize))
            {
                return false;
            }

            bytes = bytes[(HeaderSize + (bytes[1] * asSize))..];
        }

        return true;
    }

    /// <summary>As FRR and BIRD print it: "65001 65002 {65003,65004}".</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        for (ReadOnlySpan<byte> rest = Bytes; rest.Length > 0; rest = rest[SegmentSize(rest)..])
        {
            bool set = (AsPathSegmentType)rest[0] == AsPathSegmentType.AsSet;
            text.Append(text.Length > 0 ? " " : "").Append(set ? "{" : "");
            for (int i = 0; i < rest[1]; i++)
            {
                uint asNumber = BinaryPrimitives.ReadUInt32BigEndian(rest[(HeaderSize + (i * AsSize))..]);
                text.Append(i > 0 ? set ? "," : " " : "").Append(CultureInfo.InvariantCulture, $"{asNumber}");
            }

            text.Append(set ? "}" : "");
        }

        return text.ToString();
    }

    internal static int SegmentSize(ReadOnlySpan<byte> segment) => HeaderSize + (segment[1] * AsSize);
}
