using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Topologies.Loading;

namespace Netemu.Topologies.Experiments;

/// <summary>The values of an experiment's parameters, checked.</summary>
public sealed class ExperimentArguments
{
    /// <summary>A range of numbers may not stand for more.</summary>
    private const int LongestRange = 10_000;

    private readonly SortedDictionary<string, IReadOnlyList<string>> _values = new(StringComparer.Ordinal);

    /// <summary>The first thing that is wrong with them; null if nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads what was given; parameters that were not have their default.</summary>
    public static ExperimentArguments Read(Experiment experiment, IReadOnlyDictionary<string, string> given)
    {
        ExperimentArguments arguments = new();
        foreach (ExperimentParameter parameter in experiment.Parameters)
        {
            string text = given.TryGetValue(parameter.Name, out string? value) ? value : parameter.Default;
            arguments._values[parameter.Name] = arguments.Split(parameter, text);
        }

        return arguments;
    }

    public IReadOnlyList<string> Texts(string name) => _values[name];

    /// <summary>The command line that says the same.</summary>
    public string ToCommand(string experiment) =>
        $"netemu scale {experiment}" + string.Concat(_values.Select(v => $" --{v.Key} {string.Join(',', v.Value)}"));

    private IReadOnlyList<string> Split(ExperimentParameter parameter, string text)
    {
        List<string> values = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (parameter.Kind == ParameterKind.Numbers)
            {
                AddNumbers(parameter, part, values);
            }
            else if (IsValid(parameter, part))
            {
                values.Add(part);
            }
            else
            {
                Fail(parameter, part);
            }
        }

        if (values.Count == 0)
        {
            Error ??= $"--{parameter.Name} needs a value";
        }

        return values;
    }

    private static bool IsValid(ExperimentParameter parameter, string part) => parameter.Kind switch
    {
        ParameterKind.Durations => Quantity.TryParseDuration(part, out _) == QuantityError.None,
        ParameterKind.Switch => part is "true" or "false",
        _ => parameter.Words.Length == 0 || parameter.Words.Contains(part),
    };

    private void AddNumbers(ExperimentParameter parameter, string part, List<string> values)
    {
        string[] ends = part.Split('-', 2);
        bool valid = long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out long first);
        long last = first;
        valid &= ends.Length == 1 || long.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out last);
        if (!valid || last < first || last - first >= LongestRange || first < parameter.Minimum || last > parameter.Maximum)
        {
            Fail(parameter, part);
            return;
        }

        for (long number = first; number <= last; number++)
        {
            values.Add(number.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void Fail(ExperimentParameter parameter, string part)
    {
        string wanted = parameter.Kind switch
        {
            ParameterKind.Numbers when parameter.Maximum == long.MaxValue => $"a whole number of at least {parameter.Minimum}, or a range",
            ParameterKind.Numbers => $"a whole number from {parameter.Minimum} to {parameter.Maximum}, or a range",
            ParameterKind.Durations => "a duration such as 30s or 500ms",
            ParameterKind.Switch => "true or false",
            _ => string.Join(" or ", parameter.Words),
        };
        Error ??= $"--{parameter.Name}: '{part}' is not {wanted}";
    }
}
