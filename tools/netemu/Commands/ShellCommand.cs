using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Model;
using Netemu.Topologies.Results;
using Netemu.Topologies.Running;

namespace Netemu.Cli.Commands;

/// <summary>
/// <c>netemu shell</c>: a paused run. Lines move the clock (<c>step</c>, <c>run 5s</c>, <c>until converged</c>), choose a
/// namespace (<c>in h1</c>), trace a packet, or are commands there.
/// </summary>
internal sealed class ShellCommand(Terminal terminal, PausedRun paused)
{
    private const string Help = """
        in NODE[/NS]        choose the namespace that commands run in
        step                run to the next event
        run 5s              run for a time
        until converged     run until nothing is pending (or: until 10s)
        until end           run the steps of the file
        trace FROM TO       send a probe and show its way
        capture FILE SEL    write the frames of all, NODE, NODE/NS or NODE[/NS]:DEV from now on
        exit                leave
        anything else is a command: ip addr, ping -c 1 10.0.0.1, ...
        """;

    private NetworkNamespace _space = paused.Session.Emulation.Nodes[0].Root;
    private CaptureOutput? _capture;

    private RunSession Session => paused.Session;

    public static Command Build(Terminal terminal)
    {
        TopologyArguments topology = new();
        Command command = new("shell", "A paused run to look around in.");
        topology.AddTo(command);
        command.SetAction(parsed =>
        {
            if (PausedRun.Open(parsed, topology, PausedRun.Built, terminal, out ExitCode exitCode) is not { } run)
            {
                return (int)exitCode;
            }

            return run.Session.Emulation.Nodes.Count == 0 ? (int)ExitCode.Success : new ShellCommand(terminal, run).Run();
        });
        return command;
    }

    private int Run()
    {
        using StreamReader input = new(terminal.Input, Encoding.UTF8, leaveOpen: true);
        while (true)
        {
            if (terminal.IsInteractive)
            {
                terminal.Error.Write($"{Session.Now} {_space.QualifiedName}> ");
            }

            if (input.ReadLine() is not { } line || line.Trim() is "exit" or "quit")
            {
                EndCapture();
                return (int)(terminal.IsInterrupted ? ExitCode.Interrupted : ExitCode.Success);
            }

            Execute(line.Trim());
            terminal.OutputWriter.Flush();
        }
    }

    private void Execute(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case []:
                break;
            case ["help"]:
                terminal.OutputWriter.WriteLine(Help);
                break;
            case ["in" or "node", string name]:
                Choose(name);
                break;
            case ["step"]:
                Session.Emulation.Step(SimTime.Never);
                break;
            case ["run", string time] when Quantity.TryParseDuration(time, out Duration duration) == QuantityError.None:
                Session.RunTo(Session.Now + duration);
                break;
            case ["until", "converged"]:
                Session.RunUntilConverged(Session.Now + Duration.FromSeconds(3600));
                break;
            case ["until", "end"]:
                paused.RunSteps();
                break;
            case ["until", string time] when Quantity.TryParseDuration(time, out Duration duration) == QuantityError.None:
                Session.RunTo(SimTime.Zero + duration);
                break;
            case ["trace", string from, string to]:
                TraceCommand.Trace(Session, from, to, null, false, terminal);
                break;
            case ["capture", string file, string selector] when CaptureSelection.TryParse(selector) is { } chosen:
                Capture(file, chosen);
                break;
            case [("in" or "node" or "step" or "run" or "until" or "trace" or "capture") and var word, ..]:
                terminal.Error.WriteLine($"this is not how '{word}' goes:\n{string.Join('\n', Help.Split('\n').Where(l => l.StartsWith(word == "node" ? "in" : word, StringComparison.Ordinal)))}");
                break;
            default:
                RunCommand(line);
                break;
        }
    }

    private void Capture(string file, CaptureSpec chosen)
    {
        if (CaptureSelection.Missing(chosen, Session.Topology) is { } missing)
        {
            terminal.Error.WriteLine($"there is no node '{missing}'");
            return;
        }

        EndCapture();
        try
        {
            _capture = CaptureOutput.Open(file, Session.Topology, [chosen], 0, terminal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine($"cannot write '{file}': {error.Message}");
        }
    }

    private void EndCapture()
    {
        _capture?.Dispose();
        if (_capture?.Failure is { } failure)
        {
            terminal.Error.WriteLine(failure);
        }

        _capture = null;
    }

    private void Choose(string name)
    {
        if (Session.Topology.FindNamespace(EndpointText.Parse(name)) is { } space)
        {
            _space = space;
            return;
        }

        string known = string.Join(", ", Session.Emulation.Nodes.SelectMany(n => n.Namespaces).Take(20).Select(n => n.QualifiedName));
        terminal.Error.WriteLine($"there is no '{name}'; there are: {known}");
    }

    private void RunCommand(string line)
    {
        if (Session.RunCommand(_space, line) is not { } execution)
        {
            terminal.Error.WriteLine("this build has no commands; 'help' tells what there is");
            return;
        }

        terminal.OutputWriter.Write(execution.Output);
        terminal.OutputWriter.Flush();
        terminal.Error.Write(execution.Error);
    }
}
