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
    private const string StandardOutput = "-";

    private readonly PacketCapture _capture;
    private readonly CaptureSelection _selection;
    private readonly PipeStream _stream;

    private CaptureOutput(string file, PacketCapture capture, CaptureSelection selection, PipeStream stream)
    {
        File = file;
        _capture = capture;
        _selection = selection;
        _stream = stream;
    }

    public string File { get; }

    public bool IsStandardOutput => File == StandardOutput;

    public long Frames => _capture.Frames;

    /// <summary>True once the reader has gone.</summary>
    public bool IsBroken => _stream.IsBroken;

    public static CaptureOutput Open(
        string file, BuiltTopology topology, IReadOnlyList<CaptureSpec> selectors, int snapLength, Terminal terminal)
    {
        PipeStream stream = new(file == StandardOutput ? terminal.Output : System.IO.File.Create(file), file != StandardOutput);
        PacketCapture capture = new(topology.Emulation, stream, snapLength);
        CaptureSelection selection = new(topology, selectors, capture);
        selection.Refresh();
        return new CaptureOutput(file, capture, selection, stream);
    }

    /// <summary>What was to be captured and was never there.</summary>
    public IEnumerable<string> Absent => _selection.Absent;

    public void Refresh() => _selection.Refresh();

    public void Dispose() => _capture.Dispose();
}
