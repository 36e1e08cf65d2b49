using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu version</c>: what this is, and on what it runs.</summary>
internal static class VersionCommand
{
    public static Command Build(Terminal terminal)
    {
        Command command = new("version", "Prints the version.");
        command.SetAction(_ =>
        {
            string? version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
            terminal.OutputWriter.WriteLine(
                $"netemu {version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})");
            return (int)ExitCode.Success;
        });
        return command;
    }
}
