using System;
using Netemu.Core.Time;

namespace Netemu.Bgp.Pipe;

/// <summary>
/// What is on its way to one node, in the order of sending. Bytes of its own lie here one after the other; what many nodes
/// are sent in common is a reference.
/// </summary>
internal sealed class PipeInbox
{
    private readonly Ring<PipeEvent> _events = new();
    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>When the first event is due; <see cref="SimTime.Never"/> if there is none.</summary>
    public SimTime NextDue => _events.Count == 0 ? SimTime.Never : _events.First.Due;

    /// <summary>When the last event is due; <see cref="SimTime.Never"/> if there is none.</summary>
    public SimTime LastDue => _events.Count == 0 ? SimTime.Never : _events.Last.Due;

    public void Enqueue(in PipeEvent pipeEvent) => _events.Enqueue(pipeEvent);

    /// <summary>Takes bytes; what is written to a stream in one instant arrives as one.</summary>
    public void Enqueue(PipeStream target, SimTime due, ReadOnlySpan<byte> bytes)
    {
        MakeRoom(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
        bool continues = _events.Count > 0
            && _events.Last is { Kind: PipeEventKind.Data } last
            && ReferenceEquals(last.Target, target)
            && last.Due == due;
        if (continues)
        {
            _events.Last.Length += bytes.Length;
        }
        else
        {
            _events.Enqueue(new PipeEvent(due, target, PipeEventKind.Data) { Length = bytes.Length });
        }
    }

    /// <summary>Takes the first event with its bytes, which are valid until the next call.</summary>
    public PipeEvent Dequeue(out ReadOnlyMemory<byte> bytes)
    {
        const int Kept = 4096;
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
            _bytes = _bytes.Length > Kept ? [] : _bytes;
        }

        PipeEvent taken = _events.Dequeue();
        bytes = taken.Shared;
        if (taken.Kind == PipeEventKind.Data)
        {
            bytes = _bytes.AsMemory(_start, taken.Length);
            _start += taken.Length;
        }

        return taken;
    }

    // Into a new array, never within the old one: somebody may be reading there.
    private void MakeRoom(int length)
    {
        if (_bytes.Length - _end >= length)
        {
            return;
        }

        int kept = _end - _start;
        byte[] larger = new byte[Math.Max(256, 2 * (kept + length))];
        _bytes.AsSpan(_start, kept).CopyTo(larger);
        (_bytes, _start, _end) = (larger, 0, kept);
    }
}
