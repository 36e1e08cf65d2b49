using System;
using System.Collections.Generic;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Updates;

/// <summary>Turns a batch into messages, cut into segments by whom they are for.</summary>
internal sealed class UpdateEncoder
{
    private readonly List<Segment> _segments = [];
    private byte[] _buffer = new byte[BgpMessage.MaximumSize];

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    public int Length { get; private set; }

    /// <summary>The number of UPDATE messages.</summary>
    public int Messages { get; private set; }

    /// <summary>The parts of <see cref="Bytes"/>, in order and without gaps.</summary>
    public List<Segment> Segments => _segments;

    /// <summary>True if every member gets every byte.</summary>
    public bool IsForAll { get; private set; } = true;

    public void Clear()
    {
        _segments.Clear();
        Length = 0;
        Messages = 0;
        IsForAll = true;
    }

    /// <summary>Encodes one bucket of a batch.</summary>
    public void Encode(
        UpdateBatch batch, in UpdateBatch.Bucket bucket, UpdateGroupKey key, PrefixTable prefixes,
        PathAttributeTable attributes)
    {
        int maximum = key.ExtendedMessages ? BgpMessage.MaximumExtendedSize : BgpMessage.MaximumSize;
        PathAttributes? set = bucket.Attributes == 0 ? null : attributes[bucket.Attributes];
        int overhead = set is null ? 64 : UpdateWriter.OverheadOf(set, key.FourOctetAs);
        if (overhead + UpdateWriter.LongestNlri > maximum)
        {
            // RFC 4271 section 9.2: a route whose attributes leave no room for one prefix is not announced.
            return;
        }

        UpdateBatch.Walk changes = batch.Of(bucket);
        while (!changes.IsOver)
        {
            Reserve(maximum);
            WireWriter writer = new(_buffer.AsSpan(Length));
            if (set is null)
            {
                WriteWithdrawal(ref writer, ref changes, key, prefixes, maximum);
            }
            else
            {
                WriteAnnouncement(ref writer, ref changes, key, prefixes, set, maximum - overhead);
            }

            AddSegment(writer.Position, bucket.Only, bucket.Except);
        }
    }

    /// <summary>Encodes the mark that all routes have been told (RFC 4724 section 2).</summary>
    public void EncodeEndOfRib(AddressFamily family)
    {
        Reserve(BgpMessage.MaximumSize);
        AddSegment(UpdateWriter.WriteEndOfRib(_buffer.AsSpan(Length), family), UpdateBatch.Nobody, UpdateBatch.Nobody);
    }

    private void Reserve(int room)
    {
        if (_buffer.Length - Length < room)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + room));
        }
    }

    private static void WriteWithdrawal(
        ref WireWriter writer, ref UpdateBatch.Walk changes, UpdateGroupKey key, PrefixTable prefixes, int maximum)
    {
        UpdateWriter.Frame frame = UpdateWriter.BeginWithdrawal(ref writer, key.Family);
        WriteNlri(ref writer, ref changes, key, prefixes, maximum - 2);
        UpdateWriter.EndWithdrawal(ref writer, frame);
    }

    private static void WriteAnnouncement(
        ref WireWriter writer, ref UpdateBatch.Walk changes, UpdateGroupKey key, PrefixTable prefixes, PathAttributes set, int room)
    {
        UpdateWriter.Frame frame = UpdateWriter.BeginAnnouncement(ref writer, key.Family, set, key.FourOctetAs);
        WriteNlri(ref writer, ref changes, key, prefixes, writer.Position + room);
        UpdateWriter.EndAnnouncement(ref writer, frame, set, key.FourOctetAs);
    }

    /// <summary>Writes prefixes as long as the longest one would end before a position.</summary>
    private static void WriteNlri(
        ref WireWriter writer, ref UpdateBatch.Walk changes, UpdateGroupKey key, PrefixTable prefixes, int end)
    {
        while (!changes.IsOver && writer.Position + UpdateWriter.LongestNlri <= end)
        {
            UpdateWriter.WriteNlri(ref writer, prefixes, changes.Prefix, key.AddPath, changes.PathId);
            changes.MoveOn();
        }
    }

    private void AddSegment(int length, ushort only, ushort except)
    {
        IsForAll &= only == UpdateBatch.Nobody && except == UpdateBatch.Nobody;
        Messages++;
        Segment last = _segments.Count > 0 ? _segments[^1] : default;
        if (_segments.Count > 0 && last.Only == only && last.Except == except)
        {
            _segments[^1] = last with { Length = last.Length + length, Messages = last.Messages + 1 };
        }
        else
        {
            _segments.Add(new Segment(Length, length, 1, only, except));
        }

        Length += length;
    }

    internal readonly record struct Segment(int Start, int Length, int Messages, ushort Only, ushort Except)
    {
        public bool IsFor(ushort member) => (Only == UpdateBatch.Nobody || Only == member) && Except != member;
    }
}
