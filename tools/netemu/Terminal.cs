using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Netemu.Cli;

/// <summary>
/// What a command talks to: standard input, output and error, and the user's wish to stop. Standard output carries results
/// only; whatever else there is to say goes to standard error.
/// </summary>
public sealed class Terminal : IDisposable
{
    private readonly PosixSignalRegistration[] _signals;
    private readonly PipeStream _output;
    private volatile bool _interrupted;

    private Terminal(Stream input, Stream output, TextWriter error, bool isProcess)
    {
        Input = input;
        _output = new PipeStream(output, ownsInner: false);
        Error = error;
        OutputWriter = new StreamWriter(_output, new UTF8Encoding(false), bufferSize: 16 * 1024, leaveOpen: true) { NewLine = "\n" };
        IsInteractive = isProcess && !Console.IsErrorRedirected;
        _signals = isProcess
            ? [PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt)]
            : [];
    }

    public Stream Input { get; }

    /// <summary>Standard output as bytes; flush <see cref="OutputWriter"/> before.</summary>
    public Stream Output => _output;

    /// <summary>True once nobody reads standard output any more, or it can't be written.</summary>
    public bool IsOutputBroken => _output.IsBroken;

    /// <summary>Why standard output can't be written; null while it can, and where its reader has gone.</summary>
    public string? OutputFailure => _output.Failure;

    public TextWriter OutputWriter { get; }

    public TextWriter Error { get; }

    /// <summary>Whether somebody watches standard error: then progress is a bar.</summary>
    public bool IsInteractive { get; }

    /// <summary>True once the user has asked to stop (SIGINT, SIGTERM).</summary>
    public bool IsInterrupted => _interrupted;

    public static Terminal OfProcess()
    {
        StreamWriter error = new(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
        return new Terminal(Console.OpenStandardInput(), OpenOutput(), error, isProcess: true);
    }

    /// <summary>A console's stream keeps to itself that the reader of a pipe has gone; a file's, which has no offset of its own there, tells.</summary>
    private static Stream OpenOutput()
    {
        try
        {
            FileStream pipe = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!pipe.CanSeek)
            {
                return pipe;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // It is closed, or a directory: what is written will say so.
        }

        return Console.OpenStandardOutput();
    }

    /// <summary>A terminal of a test.</summary>
    public static Terminal Of(Stream input, Stream output, TextWriter error) => new(input, output, error, isProcess: false);

    public string ReadAllInput()
    {
        using StreamReader reader = new(Input, Encoding.UTF8, leaveOpen: true);
        return reader.ReadToEnd();
    }

    public void Dispose()
    {
        OutputWriter.Dispose();
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }
    }

    private void Interrupt(PosixSignalContext context)
    {
        // The first signal ends the run in order, a second one the process.
        context.Cancel = !_interrupted;
        _interrupted = true;
    }
}
