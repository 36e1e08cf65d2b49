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
    /// <summary>What takes the clock as far as the topology was built, before any step.</summary>
    public const string Built = "built";

    private readonly ScenarioRunner _scenario;

    private PausedRun(ScenarioRunner scenario) => _scenario = scenario;

    public RunSession Session => _scenario.Session;

    /// <summary>The option that says when to look; <paramref name="otherwise"/> is what holds where it is not given.</summary>
    public static Option<string?> AtOption(string otherwise) => new("--at")
    {
        Description = $"When: a virtual time (the steps that begin by then have run), 'converged' (before any step) or 'end' (after all of them); {otherwise}",
    };

    /// <summary>
    /// Loads and builds, runs start-up commands, and takes the clock to <paramref name="at"/>: a time, with the steps that begin by
    /// then; <c>end</c>, after all steps; <see cref="Built"/>; or, as with null, <c>converged</c>. Null with the exit code if that is
    /// not possible; findings have been told then.
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
        if (at is not (null or "converged" or "end" or Built))
        {
            if (Quantity.TryParseDuration(at, out Duration duration) != QuantityError.None)
            {
                terminal.Error.WriteLine($"netemu: '{at}' is no time: write 60s, 1500ms, 'converged' or 'end'");
                exitCode = ExitCode.Usage;
                return null;
            }

            instant = SimTime.Zero + duration;
        }

        BuiltTopology built = EmulationBuilder.Build(topology, new EmulationOptions { Seed = (long)topology.Seed }, Extensions.For(loaded));
        bool runsSteps = instant is not null || at == "end";
        ScenarioRunner scenario = new(
            built, Extensions.Commands(built), new RunOptions { IsInterrupted = () => terminal.IsInterrupted, ChecksSteps = runsSteps });
        exitCode = TopologyArguments.ExitCodeOf(built.Diagnostics.Items);
        if (exitCode != ExitCode.Success)
        {
            TopologyArguments.Report(built.Diagnostics.Items, loaded, terminal);
            return null;
        }

        PausedRun run = new(scenario);
        if (!run.Session.Start())
        {
            terminal.Error.WriteLine($"netemu: {run.Session.FailedCommand}");
            exitCode = ExitCode.InvalidInput;
            return null;
        }

        return run.Advance(at, instant, terminal, out exitCode) ? run : null;
    }

    /// <summary>Runs the steps of the file to their end; false if the limit of virtual time came first.</summary>
    public bool RunSteps() => _scenario.RunAll();

    private bool Advance(string? at, SimTime? instant, Terminal terminal, out ExitCode exitCode)
    {
        exitCode = ExitCode.Success;
        bool reached = true;
        if (instant is { } time)
        {
            _scenario.RunTo(time);
        }
        else if (at != Built)
        {
            reached = at == "end" ? _scenario.RunAll() : Session.RunUntilConverged(Session.Deadline);
        }

        if (!reached)
        {
            terminal.Error.WriteLine($"netemu: {Session.Unconverged}");
            exitCode = terminal.IsInterrupted ? ExitCode.Interrupted : ExitCode.NotConverged;
        }

        return reached;
    }

    /// <summary>The namespace of an endpoint, or null after saying that there is none.</summary>
    public Engine.Namespaces.NetworkNamespace? FindNamespace(EndpointRef endpoint, Terminal terminal)
    {
        if (Session.Topology.FindNamespace(endpoint) is { } space)
        {
            return space;
        }

        terminal.Error.WriteLine($"netemu: {EndpointText.Missing(endpoint.ToString()!, Session.Topology)}");
        return null;
    }
}
