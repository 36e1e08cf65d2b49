using System.CommandLine;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu schema</c>: the JSON Schema of topology documents.</summary>
internal static class SchemaCommand
{
    public static Command Build(Terminal terminal)
    {
        Command command = new("schema", "Prints the JSON Schema of topology documents.");
        command.SetAction(_ =>
        {
            terminal.OutputWriter.Write(SchemaGenerator.Generate());
            return (int)ExitCode.Success;
        });
        return command;
    }
}
