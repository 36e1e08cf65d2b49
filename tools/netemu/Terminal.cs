using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace Netemu.Cli;

/// <summary>
/// What a command talks to: standard input, output and error, and the user's wish to stop. Standard output carries results
/// only; whatever else there is to say goes to standard error.
/// </summary>
public sealed class Terminal : IDisposable
{
    private readonly PosixSignalRegistration[] _signals;
    private volatile bool _interrupted;

    private Terminal(Stream input, Stream output, TextWriter error, bool isProcess)
    {
        Input = input;
        Output = output;
        Error = error;
        OutputWriter = new StreamWriter(output, new UTF8Encoding(false), bufferSize: 16 * 1024, leaveOpen: true) { NewLine = "\n" };
        IsInteractive = isProcess && !Console.IsErrorRedirected;
        _signals = isProcess
            ? [PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt)]
            : [];
    }

    public Stream Input { get; }

    /// <summary>Standard output as bytes; flush <see cref="OutputWriter"/> before.</summary>
    public Stream Output { get; }

    public TextWriter OutputWriter { get; }

    public TextWriter Error { get; }

    /// <summary>Whether somebody watches standard error: then progress is a bar.</summary>
    public bool IsInteractive { get; }

    /// <summary>True once the user has asked to stop (SIGINT, SIGTERM).</summary>
    public bool IsInterrupted => _interrupted;

    public static Terminal OfProcess()
    {
        StreamWriter error = new(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
        return new Terminal(Console.OpenStandardInput(), Console.OpenStandardOutput(), error, isProcess: true);
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
