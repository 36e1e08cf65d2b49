using System;
using System.Collections.Generic;
using Netemu.Engine.Capture;
using Netemu.Topologies.Building;
using Netemu.Topologies.Model;
using Netemu.Topologies.Running;

namespace Netemu.Cli;

/// <summary>A capture into a file or pipe. A reader that goes away (head, tshark -c) ends the run, not the program.</summary>
internal sealed class CaptureOutput : IDisposable
{
    /// <summary>The file that is standard output.</summary>
    public const string StandardOutput = "-";

    private readonly PacketCapture _capture;
    private readonly CaptureSelection _selection;
    private readonly PipeStream? _stream;
    private readonly Terminal _terminal;

    private CaptureOutput(string file, PacketCapture capture, CaptureSelection selection, PipeStream? stream, Terminal terminal)
    {
        File = file;
        _capture = capture;
        _selection = selection;
        _stream = stream;
        _terminal = terminal;
    }

    public string File { get; }

    public bool IsStandardOutput => File == StandardOutput;

    public long Frames => _capture.Frames;

    /// <summary>True once the reader has gone, or the file can't be written.</summary>
    public bool IsBroken => _stream?.IsBroken ?? _terminal.IsOutputBroken;

    /// <summary>Why the file can't be written, with its name; null if it could.</summary>
    public string? Failure => _stream?.Failure is { } failure ? $"cannot write '{File}': {failure}" : null;

    public static CaptureOutput Open(
        string file, BuiltTopology topology, IReadOnlyList<CaptureSpec> selectors, int snapLength, Terminal terminal)
    {
        PipeStream? stream = file == StandardOutput ? null : new PipeStream(System.IO.File.Create(file), ownsInner: true);
        PacketCapture capture = new(topology.Emulation, stream ?? terminal.Output, snapLength);
        CaptureSelection selection = new(topology, selectors, capture);
        selection.Refresh();
        return new CaptureOutput(file, capture, selection, stream, terminal);
    }

    /// <summary>What was to be captured and was never there.</summary>
    public IEnumerable<string> Absent => _selection.Absent;

    public void Refresh() => _selection.Refresh();

    public void Dispose() => _capture.Dispose();
}
