using System;
using Netemu.Engine.Frames;
using Netemu.Engine.Pcapng;

namespace Netemu.Engine.Capture;

/// <summary>
/// A frame of the current window that waits to be written: where its bytes lie, and what decides its place. The sequence
/// counts over all shards, but decides only between records of one shard.
/// </summary>
internal readonly record struct CaptureRecord(
    long Time,
    int Shard,
    int Sequence,
    int Interface,
    int Offset,
    int Length,
    int OriginalLength,
    PcapngDirection Direction,
    DropReason Drop) : IComparable<CaptureRecord>
{
    public int CompareTo(CaptureRecord other)
    {
        int order = Time.CompareTo(other.Time);
        if (order == 0)
        {
            order = Shard.CompareTo(other.Shard);
        }

        return order != 0 ? order : Sequence.CompareTo(other.Sequence);
    }
}
