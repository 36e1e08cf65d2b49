using System.CommandLine;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Model;
using Netemu.Topologies.Results;
using Netemu.Topologies.Running;

namespace Netemu.Cli;

/// <summary>A topology that was built, whose start-up commands have run, and whose clock was taken to some instant.</summary>
internal sealed class PausedRun
{
    private PausedRun(RunSession session) => Session = session;

    public RunSession Session { get; }

    /// <summary>
    /// Loads and builds, runs start-up commands, and takes the clock to <paramref name="at"/>: a time, or null until
    /// converged. Null with the exit code if that is not possible; findings have been told then.
    /// </summary>
    public static PausedRun? Open(
        ParseResult parsed, TopologyArguments arguments, string? at, Terminal terminal, out ExitCode exitCode)
    {
        LoadedTopology loaded = arguments.Load(parsed, terminal);
        exitCode = TopologyArguments.ExitCodeOf(loaded.Diagnostics.Items);
        if (loaded.Topology is not { } topology || exitCode != ExitCode.Success)
        {
            TopologyArguments.Report(loaded.Diagnostics.Items, loaded, terminal);
            return null;
        }

        SimTime? instant = null;
        if (at is not null && at != "converged")
        {
            if (Quantity.TryParseDuration(at, out Duration duration) != QuantityError.None)
            {
                terminal.Error.WriteLine($"netemu: '{at}' is no time: write 60s, 1500ms, or 'converged'");
                exitCode = ExitCode.Usage;
                return null;
            }

            instant = SimTime.Zero + duration;
        }

        BuiltTopology built = EmulationBuilder.Build(topology, new EmulationOptions { Seed = (long)topology.Seed }, Extensions.For(loaded));
        exitCode = TopologyArguments.ExitCodeOf(built.Diagnostics.Items);
        if (exitCode != ExitCode.Success)
        {
            TopologyArguments.Report(built.Diagnostics.Items, loaded, terminal);
            return null;
        }

        RunSession session = new(built, Extensions.Commands(built), new RunOptions { IsInterrupted = () => terminal.IsInterrupted });
        if (!session.Start())
        {
            terminal.Error.WriteLine($"netemu: {session.FailedCommand}");
            exitCode = ExitCode.InvalidInput;
            return null;
        }

        if (instant is { } time)
        {
            session.RunTo(time);
        }
        else if (!session.RunUntilConverged(session.Deadline))
        {
            terminal.Error.WriteLine($"netemu: not converged at {session.Now} s");
            exitCode = terminal.IsInterrupted ? ExitCode.Interrupted : ExitCode.NotConverged;
            return null;
        }

        return new PausedRun(session);
    }

    /// <summary>The namespace of an endpoint, or null after saying that there is none.</summary>
    public Engine.Namespaces.NetworkNamespace? FindNamespace(EndpointRef endpoint, Terminal terminal)
    {
        if (Session.Topology.FindNamespace(endpoint) is { } space)
        {
            return space;
        }

        terminal.Error.WriteLine($"netemu: there is no '{endpoint}'");
        return null;
    }
}
