using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Core.Time;
using Netemu.Topologies.Loading;

namespace Netemu.Topologies.Experiments;

/// <summary>One emulation of an experiment: its place in the table and the values of its parameters.</summary>
public sealed class ExperimentCell(int index, IReadOnlyList<string> order, IReadOnlyDictionary<string, string> values)
{
    public int Index => index;

    /// <summary>Names the cell in files: <c>nodes=50 rr=2</c>. Equal keys are the same cell.</summary>
    public string Key { get; } = string.Join(' ', order.Select(name => $"{name}={values[name]}"));

    public string Text(string name) => values[name];

    public int Number(string name) => int.Parse(values[name], CultureInfo.InvariantCulture);

    public bool Switch(string name) => values[name] == "true";

    public Duration Duration(string name)
    {
        Quantity.TryParseDuration(values[name], out Duration duration);
        return duration;
    }

    /// <summary>The same cell with another value, at another place.</summary>
    public ExperimentCell With(string name, string value, int place) =>
        new(place, order, new Dictionary<string, string>(values) { [name] = value });
}
