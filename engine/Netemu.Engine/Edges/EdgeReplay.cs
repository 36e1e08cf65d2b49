using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Netemu.Engine.Pcapng;

namespace Netemu.Engine.Edges;

/// <summary>A recorded run, read whole: an edge for each device that had input, and the run's decisions in order.</summary>
public sealed class EdgeReplay
{
    private readonly Dictionary<string, ReplayEdge> _edges = new(StringComparer.Ordinal);
    private readonly Queue<JournalEntry> _journal = new();

    private EdgeReplay()
    {
    }

    /// <summary>Reads what <see cref="EdgeRecording"/> wrote; false with the reason if it is not such a file.</summary>
    public static bool TryRead(Stream stream, out EdgeReplay replay, out string error)
    {
        replay = new EdgeReplay();
        PcapngReader reader = new(stream);
        PcapngError end;
        while ((end = reader.Read(out PcapngPacket packet)) == PcapngError.None)
        {
            string name = reader.Interfaces[packet.InterfaceIndex].Name;
            if (name != EdgeRecording.JournalInterface)
            {
                replay.EdgeOf(name).Add(packet.Time, packet.Data);
            }
            else if (JournalEntry.TryParse(Encoding.ASCII.GetString(packet.Data), out JournalEntry entry))
            {
                replay._journal.Enqueue(entry);
            }
            else
            {
                error = "its journal cannot be read";
                return false;
            }
        }

        error = end != PcapngError.EndOfStream ? $"it is damaged ({end})"
            : replay._journal.Count == 0 ? "it has no journal: record one with --record"
            : string.Empty;
        return error.Length == 0;
    }

    /// <summary>The edge that repeats what came in at a device; one without input if there was none.</summary>
    public IEdge EdgeFor(EdgeDevice device) => EdgeOf(device.QualifiedName);

    /// <summary>The next decision; false after the last.</summary>
    public bool TryNext(out JournalEntry entry) => _journal.TryDequeue(out entry);

    private ReplayEdge EdgeOf(string name)
    {
        if (!_edges.TryGetValue(name, out ReplayEdge? edge))
        {
            edge = new ReplayEdge();
            _edges.Add(name, edge);
        }

        return edge;
    }
}
