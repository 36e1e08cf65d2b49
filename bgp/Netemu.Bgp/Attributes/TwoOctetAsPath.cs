using System;
using System.Buffers.Binary;
using Netemu.Bgp.Messages;

namespace Netemu.Bgp.Attributes;

/// <summary>AS paths of speakers without four-octet AS numbers (RFC 6793 section 4.2).</summary>
internal static class TwoOctetAsPath
{
    private const int HeaderSize = 2;

    /// <summary>
    /// Widens <paramref name="asPath"/> to four octets and replaces its tail by <paramref name="as4Path"/>; if that is
    /// the
    /// longer one it is ignored. Returns the length written.
    /// </summary>
    public static int Merge(ReadOnlySpan<byte> asPath, ReadOnlySpan<byte> as4Path, Span<byte> destination)
    {
        int keep = Length(asPath) - new AsPath(as4Path).Length;
        bool merge = !as4Path.IsEmpty && keep >= 0;
        WireWriter writer = new(destination);
        if (!merge)
        {
            keep = int.MaxValue;
        }

        for (ReadOnlySpan<byte> rest = asPath; rest.Length > 0 && (keep > 0 || AsPath.IsConfederation(rest)); rest = rest[SegmentSize(rest)..])
        {
            // RFC 6793 section 4.2.3: confederation segments count for nothing, and stay where they are.
            bool set = (AsPathSegmentType)rest[0] == AsPathSegmentType.AsSet;
            bool confederation = AsPath.IsConfederation(rest);
            int count = set || confederation ? rest[1] : Math.Min(rest[1], keep);
            keep -= confederation ? 0 : set ? 1 : count;
            writer.WriteByte(rest[0]);
            writer.WriteByte((byte)count);
            for (int i = 0; i < count; i++)
            {
                writer.WriteUInt32(BinaryPrimitives.ReadUInt16BigEndian(rest[(HeaderSize + (i * 2))..]));
            }
        }

        if (merge)
        {
            Append(ref writer, destination, as4Path);
        }

        return writer.Position;
    }

    /// <summary>
    /// A four-octet path without its confederation segments, which AS4_PATH must not carry (RFC 6793 sections 3 and 6).
    /// </summary>
    public static ReadOnlySpan<byte> WithoutConfederation(ReadOnlySpan<byte> path)
    {
        if (!new AsPath(path).HasConfederation)
        {
            return path;
        }

        Span<byte> kept = new byte[path.Length];
        WireWriter writer = new(kept);
        for (ReadOnlySpan<byte> rest = path; rest.Length > 0; rest = rest[AsPath.SegmentSize(rest)..])
        {
            if (!AsPath.IsConfederation(rest))
            {
                writer.Write(rest[..AsPath.SegmentSize(rest)]);
            }
        }

        return kept[..writer.Position];
    }

    /// <summary>Narrows a four-octet path; numbers that don't fit become AS_TRANS. Says whether any did.</summary>
    public static bool Narrow(AsPath path, Span<byte> destination, out int length)
    {
        bool lossy = false;
        WireWriter writer = new(destination);
        for (ReadOnlySpan<byte> rest = path.Bytes; rest.Length > 0; rest = rest[AsPath.SegmentSize(rest)..])
        {
            writer.WriteByte(rest[0]);
            writer.WriteByte(rest[1]);
            for (int i = 0; i < rest[1]; i++)
            {
                uint asNumber = BinaryPrimitives.ReadUInt32BigEndian(rest[(HeaderSize + (i * 4))..]);
                bool fits = asNumber <= ushort.MaxValue;
                lossy |= !fits;
                writer.WriteUInt16(fits ? (ushort)asNumber : OpenMessage.AsTrans);
            }
        }

        length = writer.Position;
        return lossy;
    }

    // Two sequences that meet become one, so that a path is equal whichever way it came.
    private static void Append(ref WireWriter writer, Span<byte> destination, ReadOnlySpan<byte> as4Path)
    {
        bool joins = writer.Position >= HeaderSize
            && writer.Position == AsPath.SegmentSize(destination)
            && (AsPathSegmentType)destination[0] == AsPathSegmentType.AsSequence
            && (AsPathSegmentType)as4Path[0] == AsPathSegmentType.AsSequence
            && destination[1] + as4Path[1] <= byte.MaxValue;
        if (joins)
        {
            writer.PatchByte(1, (byte)(destination[1] + as4Path[1]));
            as4Path = as4Path[HeaderSize..];
        }

        writer.Write(as4Path);
    }

    private static int Length(ReadOnlySpan<byte> asPath)
    {
        int length = 0;
        for (ReadOnlySpan<byte> rest = asPath; rest.Length > 0; rest = rest[SegmentSize(rest)..])
        {
            length += AsPath.IsConfederation(rest) ? 0 : (AsPathSegmentType)rest[0] == AsPathSegmentType.AsSet ? 1 : rest[1];
        }

        return length;
    }

    private static int SegmentSize(ReadOnlySpan<byte> segment) => HeaderSize + (segment[1] * 2);
}
