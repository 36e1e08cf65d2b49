using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Results;

namespace Netemu.Cli;

/// <summary>The arguments that name a topology and what its variables and seed are, and how they are loaded.</summary>
internal sealed class TopologyArguments
{
    public Argument<string> Topology { get; } = new("TOPO") { Description = "A topology file, a directory of files, or - for standard input" };

    public Option<ulong?> Seed { get; } = new("--seed") { Description = "Replaces the topology's seed" };

    public Option<string[]> Sets { get; } = new("--set")
    {
        Description = "Sets a variable of the topology: K=V",
        DefaultValueFactory = _ => [],
    };

    public Option<string[]> With { get; } = new("--with")
    {
        Description = "A file of further steps, which run after the topology's own",
        DefaultValueFactory = _ => [],
    };

    public Option<bool> Lenient { get; } = new("--lenient") { Description = "Lines of an FRR configuration that are not understood are warnings" };

    public void AddTo(Command command)
    {
        RequireAssignments(Sets);
        command.Options.Add(Lenient);
        command.Arguments.Add(Topology);
        command.Options.Add(Seed);
        command.Options.Add(Sets);
        command.Options.Add(With);
    }

    public LoadedTopology Load(ParseResult parsed, Terminal terminal) =>
        TopologyLoader.Load(
            [parsed.GetRequiredValue(Topology)],
            Options(parsed.GetValue(Seed), parsed.GetValue(Sets) ?? [], terminal, parsed.GetValue(Lenient)) with { With = parsed.GetValue(With) ?? [] });

    /// <summary>The options of a load; variables come from <c>--set</c> first, then from the environment.</summary>
    public static LoaderOptions Options(ulong? seed, IEnumerable<string> sets, Terminal terminal, bool isLenient = false) => new()
    {
        Files = new DiskFiles(),
        ReadStandardInput = terminal.ReadAllInput,
        Sets = sets.Select(s => s.Split('=', 2)).Where(p => p.Length == 2)
            .GroupBy(p => p[0], StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last()[1], StringComparer.Ordinal),
        Environment = Environment.GetEnvironmentVariable,
        Seed = seed,
        IsLenient = isLenient,
    };

    /// <summary>Refuses a variable without a value: a run would go on without it, and nobody would know.</summary>
    public static void RequireAssignments(Option<string[]> sets) => sets.Validators.Add(static result =>
    {
        foreach (Token token in result.Tokens)
        {
            if (token.Value.IndexOf('=', StringComparison.Ordinal) < 1)
            {
                result.AddError($"--set: '{token.Value}' is not K=V");
            }
        }
    });

    /// <summary>The exit code that findings ask for; success if nothing keeps a run from starting.</summary>
    public static ExitCode ExitCodeOf(IReadOnlyList<Diagnostic> diagnostics) =>
        diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error) ? ExitCode.InvalidInput
        : diagnostics.Any(d => d.Severity == DiagnosticSeverity.Unsupported) ? ExitCode.UnsupportedFeature
        : ExitCode.Success;

    /// <summary>Tells the findings on standard error.</summary>
    public static void Report(IReadOnlyList<Diagnostic> diagnostics, LoadedTopology loaded, Terminal terminal)
    {
        if (diagnostics.Count > 0)
        {
            terminal.Error.Write(new DiagnosticRenderer(loaded.Sources).Render(diagnostics));
        }
    }
}
