using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;

namespace Netemu.Testing;

/// <summary>A program of the machine that serves tests as an oracle: found on the path, run to its end.</summary>
public sealed class ExternalTool
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _path;

    private ExternalTool(string path) => _path = path;

    /// <summary>The tool of that name, or null when the machine has none.</summary>
    public static ExternalTool? Find(string name)
    {
        string paths = Environment.GetEnvironmentVariable("PATH") ?? string.Empty;
        string[] folders = $"{paths}{Path.PathSeparator}/usr/sbin{Path.PathSeparator}/sbin"
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (string folder in folders)
        {
            string candidate = Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name);
            if (File.Exists(candidate))
            {
                return new ExternalTool(candidate);
            }
        }

        return null;
    }

    /// <summary>The tool of that name, which <see cref="ToolFactAttribute"/> has made sure of.</summary>
    public static ExternalTool Require(string name) =>
        Find(name) ?? throw new InvalidOperationException($"{name} is not installed");

    /// <summary>Runs the tool with nothing on its standard input and waits for its end.</summary>
    public ExternalToolResult Run(params string[] arguments)
    {
        ProcessStartInfo start = new(_path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{_path} {string.Join(' ', arguments)} did not end");
        }

        process.WaitForExit();
        return new ExternalToolResult(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
