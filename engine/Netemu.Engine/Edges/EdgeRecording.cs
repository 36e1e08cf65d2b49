using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Netemu.Core.Time;
using Netemu.Engine.Pcapng;

namespace Netemu.Engine.Edges;

/// <summary>
/// A live run written down so that it can be run again: what came in from outside, with its stamps, and the run's own
/// decisions (<see cref="JournalEntry"/>) as text on an interface of their own. An ordinary pcapng file.
/// </summary>
public sealed class EdgeRecording : IDisposable
{
    /// <summary>The interface of the decisions.</summary>
    public const string JournalInterface = "netemu:journal";

    private readonly PcapngWriter _writer;
    private readonly Dictionary<string, int> _interfaces = new(StringComparer.Ordinal);
    private readonly int _journal;

    public EdgeRecording(Stream stream)
    {
        _writer = new PcapngWriter(stream);
        _journal = _writer.AddInterface(new PcapngInterface(JournalInterface, "decisions of the run", LinkType.User0));
    }

    /// <summary>Frames written.</summary>
    public long Frames { get; private set; }

    /// <summary>Writes a decision of the run.</summary>
    public void Write(JournalEntry entry)
    {
        Span<byte> text = stackalloc byte[64];
        int length = Encoding.ASCII.GetBytes(entry.ToString(), text);
        _writer.Write(_journal, entry.At, text[..length]);
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>Writes a frame that came in at <paramref name="device"/> with its stamp.</summary>
    internal void Write(EdgeDevice device, SimTime stamp, ReadOnlySpan<byte> bytes)
    {
        string name = device.QualifiedName;
        if (!_interfaces.TryGetValue(name, out int handle))
        {
            handle = _writer.AddInterface(new PcapngInterface(name, "from outside", device.IsBare ? LinkType.Raw : LinkType.Ethernet));
            _interfaces.Add(name, handle);
        }

        _writer.Write(handle, stamp, bytes, PcapngDirection.Inbound);
        Frames++;
    }
}
