using System;
using System.CommandLine;
using System.Globalization;
using Netemu.Topologies.Results;

namespace Netemu.Cli;

/// <summary>The command line.</summary>
public static class Program
{
    public static int Main(string[] args)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        using Terminal terminal = Terminal.OfProcess();
        return Run(args, terminal);
    }

    /// <summary>Runs one command line; for <see cref="Main"/> and for tests.</summary>
    public static int Run(string[] args, Terminal terminal)
    {
        RootCommand root = CommandLine.Build(terminal);

        // No response files: '@' may begin an argument like any other character.
        ParserConfiguration configuration = new() { ResponseFileTokenReplacer = null };
        ParseResult parsed = root.Parse(args, configuration);
        if (parsed.Errors.Count > 0)
        {
            UsageErrors.Write(parsed, terminal);
            return (int)ExitCode.Usage;
        }

        int exitCode;
        try
        {
            InvocationConfiguration invocation = new()
            {
                Output = terminal.OutputWriter,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            exitCode = parsed.Invoke(invocation);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            terminal.Error.WriteLine($"netemu: internal error: {error}");
            exitCode = (int)ExitCode.InternalError;
        }

        terminal.OutputWriter.Flush();
        if (terminal.OutputFailure is not { } failure || exitCode == (int)ExitCode.InternalError)
        {
            return exitCode;
        }

        terminal.Error.WriteLine($"netemu: cannot write standard output: {failure}");
        return (int)ExitCode.Usage;
    }
}
