using System;
using System.IO;
using System.Text;
using Netemu.Cli;

namespace Netemu.Tests;

/// <summary>One command line, run in this process: its exit code and all it wrote.</summary>
internal sealed class CommandRun
{
    private CommandRun(int exitCode, byte[] bytes, string error)
    {
        ExitCode = exitCode;
        Bytes = bytes;
        Error = error;
    }

    public int ExitCode { get; }

    /// <summary>Standard output.</summary>
    public byte[] Bytes { get; }

    public string Output => Encoding.UTF8.GetString(Bytes);

    public string Error { get; }

    /// <summary>The repository's catalog of topologies.</summary>
    public static string Catalog { get; } = FindCatalog();

    public static CommandRun Of(params string[] arguments) => WithInput(string.Empty, arguments);

    public static CommandRun WithInput(string input, params string[] arguments)
    {
        using MemoryStream output = new();
        using StringWriter error = new();
        using MemoryStream source = new(Encoding.UTF8.GetBytes(input));
        int exitCode;
        using (Terminal terminal = Terminal.Of(source, output, error))
        {
            exitCode = Program.Run(arguments, terminal);
        }

        return new CommandRun(exitCode, output.ToArray(), error.ToString());
    }

    private static string FindCatalog()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Netemu.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("the repository is not around the tests"), "topologies");
    }
}
