using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;

namespace Netemu.Commands.Tests;

/// <summary>A network under test with the standard commands.</summary>
internal sealed class Machine
{
    private static readonly Duration Patience = Duration.FromSeconds(600);

    public Emulation Emulation { get; } = new(new EmulationOptions());

    public CommandExecutor Executor { get; } = new(StandardCommands.CreateRegistry());

    /// <summary>The root namespace of a node, made when it is first named; "node/ns" for another one.</summary>
    public NetworkNamespace Namespace(string name)
    {
        string[] parts = name.Split('/');
        Node node = Emulation.FindNode(parts[0]) ?? Emulation.AddNode(parts[0]);
        return parts.Length == 1 ? node.Root : node.FindNamespace(parts[1]) ?? node.AddNamespace(parts[1]);
    }

    /// <summary>Runs a command line to its end.</summary>
    public CommandResult Run(string place, string commandLine) =>
        Executor.RunToCompletion(Namespace(place), commandLine, Patience);

    /// <summary>What a machine adds to the real tools' errors, taken away.</summary>
    public static string WithoutHints(string text) =>
        string.Concat(text.Split('\n').Where(l => !l.StartsWith("hint:", System.StringComparison.Ordinal)).Select((l, i) => i == 0 ? l : "\n" + l));
}
