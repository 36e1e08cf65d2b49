using System.Collections.Generic;
using System.Globalization;
using Netemu.Core.Time;

namespace Netemu.Topologies.Experiments;

/// <summary>What a cell came to: values by column, the run's hash, and what is not as it must be.</summary>
public sealed class ExperimentRow(int index, string key)
{
    private readonly Dictionary<string, string> _values = [];

    public int Index => index;

    public string Key => key;

    /// <summary>The hash of the cell's emulation; equal for two runs of one cell.</summary>
    public ulong Hash { get; set; }

    /// <summary>Closed forms that do not hold, and other failures of the experiment; empty is success.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>The value of a column as it is written; empty where it has none.</summary>
    public string this[string column]
    {
        get => _values.GetValueOrDefault(column, string.Empty);
        set => _values[column] = value;
    }

    public ExperimentRow With(string column, string value)
    {
        _values[column] = value;
        return this;
    }

    public ExperimentRow With(string column, long value) => With(column, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A duration in seconds with six digits.</summary>
    public ExperimentRow With(string column, Duration value) =>
        With(column, string.Create(CultureInfo.InvariantCulture, $"{value.Nanoseconds / 1_000_000_000}.{value.Nanoseconds / 1_000 % 1_000_000:d6}"));

    /// <summary>A ratio or rate with three digits.</summary>
    public ExperimentRow WithRatio(string column, double value) => With(column, value.ToString("0.000", CultureInfo.InvariantCulture));

    /// <summary>The number in a column, or null if there is none.</summary>
    public double? Number(string column) =>
        double.TryParse(this[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    /// <summary>Notes a failure if a count is not what a closed form says.</summary>
    public void Expect(string what, long expected, long seen)
    {
        if (expected != seen)
        {
            Failures.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {seen}, must be {expected}"));
        }
    }
}
