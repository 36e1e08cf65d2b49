using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using Netemu.Topologies.Experiments;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Scale;

/// <summary><c>netemu scale EXPERIMENT</c>: runs the cells of an experiment, prints its table, writes its reports.</summary>
internal sealed class ScaleCommand
{
    private readonly Terminal _terminal;
    private readonly Experiment _experiment;
    private readonly List<(ExperimentParameter Parameter, Option<string?> Option)> _parameters = [];
    private readonly Option<string?> _csv = new("--csv") { Description = "Writes the table as CSV, row by row; - is standard output" };
    private readonly Option<string?> _svg = new("--svg") { Description = "Writes the first plot as SVG; further ones get -2, -3 before the suffix" };
    private readonly Option<string?> _html = new("--html") { Description = "Writes one self-contained HTML report" };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the result as one JSON document" };
    private readonly Option<int> _jobs = new("--jobs") { Description = "Cells that run side by side", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _resume = new("--resume") { Description = "Leaves out the cells that the CSV file has already" };
    private readonly Option<bool> _measured = new("--measured") { Description = "Writes wall time and memory into the CSV too; no two runs agree on them" };
    private readonly Option<string?> _cell = new("--cell") { Description = "Runs one cell only, by its number from 0" };
    private readonly Option<string?> _emit = new("--emit") { Description = "k8s-job: prints a Kubernetes Indexed Job that runs the same cells, one an index" };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "No progress" };

    private ScaleCommand(Experiment experiment, Terminal terminal)
    {
        _experiment = experiment;
        _terminal = terminal;
        _emit.AcceptOnlyFromAmong("k8s-job");
    }

    public static Command Build(Terminal terminal)
    {
        Command command = new("scale", "Runs an experiment: a family of emulations whose outcome is known.");
        foreach (Experiment experiment in ExperimentRegistry.All)
        {
            command.Subcommands.Add(new ScaleCommand(experiment, terminal).Build());
        }

        command.Subcommands.Add(SweepCommand.BuildSeedSweep(terminal));
        return command;
    }

    private Command Build()
    {
        Command command = new(_experiment.Name, _experiment.Summary);
        foreach (ExperimentParameter parameter in _experiment.Parameters)
        {
            Option<string?> option = new("--" + parameter.Name) { Description = $"{parameter.Description} (default {parameter.Default})" };
            if (parameter.Kind == ParameterKind.Switch)
            {
                // --flat is --flat true.
                option.Arity = ArgumentArity.ZeroOrOne;
            }

            _parameters.Add((parameter, option));
            command.Options.Add(option);
        }

        foreach (Option option in (Option[])[_csv, _svg, _html, _json, _jobs, _resume, _measured, _cell, _emit, _quiet])
        {
            command.Options.Add(option);
        }

        command.SetAction(Invoke);
        return command;
    }

    private int Invoke(ParseResult parsed)
    {
        Dictionary<string, string> given = [];
        foreach ((ExperimentParameter parameter, Option<string?> option) in _parameters)
        {
            if (parsed.GetResult(option) is { Implicit: false })
            {
                given[parameter.Name] = parsed.GetValue(option) ?? "true";
            }
        }

        ExperimentArguments arguments = ExperimentArguments.Read(_experiment, given);
        if (arguments.Error is { } error)
        {
            return Refuse(error);
        }

        IReadOnlyList<ExperimentCell> cells = _experiment.Cells(arguments);
        if (parsed.GetValue(_emit) is not null)
        {
            _terminal.OutputWriter.Write(KubernetesJob.Of(_experiment, arguments, cells.Count));
            return (int)ExitCode.Success;
        }

        if (parsed.GetValue(_cell) is { } number)
        {
            if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= cells.Count)
            {
                return Refuse($"--cell: '{number}' is not a number from 0 to {cells.Count - 1}");
            }

            cells = [cells[index]];
        }

        if (parsed.GetValue(_jobs) < 1)
        {
            return Refuse("--jobs must be at least 1");
        }

        return Run(parsed, arguments, cells);
    }

    private int Run(ParseResult parsed, ExperimentArguments arguments, IReadOnlyList<ExperimentCell> cells)
    {
        string? csv = parsed.GetValue(_csv);
        bool toOutput = csv == "-";
        CsvTable table = new(_experiment, parsed.GetValue(_measured));
        IReadOnlyList<ExperimentRow> done = [];
        if (parsed.GetValue(_resume))
        {
            if (csv is null || toOutput)
            {
                return Refuse("--resume needs --csv FILE");
            }

            if (File.Exists(csv) && !table.TryRead(File.ReadAllText(csv), cells, out done))
            {
                return Refuse($"'{csv}' is not a table of this experiment with these columns");
            }
        }

        ScaleRunner runner = new(_experiment, parsed.GetValue(_jobs), new ScaleProgress(_terminal, parsed.GetValue(_quiet)), _terminal);
        ScaleOutcome outcome;
        try
        {
            using TextWriter? writer = csv is null || toOutput ? null : new StreamWriter(csv, append: false) { NewLine = "\n", AutoFlush = true };
            TextWriter? target = toOutput ? _terminal.OutputWriter : writer;
            target?.WriteLine(table.Header);
            outcome = runner.Run(cells, done, row => target?.WriteLine(table.Format(row)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Refuse($"cannot write '{csv}': {failure.Message}");
        }

        ExperimentConclusion conclusion = _experiment.Conclude(outcome.Rows);
        ScaleReport report = new(_experiment, arguments, outcome, conclusion);
        if (!TryWriteFiles(parsed, report, out string? problem))
        {
            return Refuse(problem!);
        }

        Tell(parsed, report, toOutput);
        return outcome.IsInterrupted ? (int)ExitCode.Interrupted
            : report.HasFailures ? (int)ExitCode.ExpectationFailed
            : (int)ExitCode.Success;
    }

    private bool TryWriteFiles(ParseResult parsed, ScaleReport report, out string? problem)
    {
        problem = null;
        try
        {
            if (parsed.GetValue(_svg) is { } svg)
            {
                for (int i = 0; i < report.Conclusion.Plots.Count; i++)
                {
                    string path = i == 0 ? svg : Path.ChangeExtension(svg, null) + $"-{i + 1}" + Path.GetExtension(svg);
                    File.WriteAllText(path, SvgChart.Render(report.Conclusion.Plots[i]));
                }
            }

            if (parsed.GetValue(_html) is { } html)
            {
                File.WriteAllText(html, HtmlReport.Render(report));
            }

            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problem = failure.Message;
            return false;
        }
    }

    private void Tell(ParseResult parsed, ScaleReport report, bool outputIsTaken)
    {
        if (parsed.GetValue(_json) && !outputIsTaken)
        {
            _terminal.OutputWriter.Flush();
            ScaleJson.Write(_terminal.Output, report);
            _terminal.OutputWriter.WriteLine();
            return;
        }

        TextWriter text = outputIsTaken ? _terminal.Error : _terminal.OutputWriter;
        text.Write(TextTable.Render(report));
    }

    private int Refuse(string problem)
    {
        _terminal.Error.WriteLine($"netemu: {problem}");
        return (int)ExitCode.Usage;
    }
}
