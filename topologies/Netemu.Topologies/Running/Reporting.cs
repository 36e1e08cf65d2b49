using System.Collections.Generic;
using Netemu.Topologies.Expectations;

namespace Netemu.Topologies.Running;

/// <summary>Lets a step put its report together in one expression.</summary>
public static class Reporting
{
    /// <summary>Adds a value under a name.</summary>
    public static ObservedMapping With(this ObservedMapping report, string name, ObservedValue value)
    {
        report.Add(name, value);
        return report;
    }

    /// <summary>Adds a text under a name, unless there is none.</summary>
    public static ObservedMapping WithAny(this ObservedMapping report, string name, string? value) =>
        value is null ? report : report.With(name, value);

    /// <summary>Adds what was seen several times, in order.</summary>
    public static ObservedMapping WithList(this ObservedMapping report, string name, IEnumerable<ObservedValue> items)
    {
        ObservedList list = [];
        foreach (ObservedValue item in items)
        {
            list.Add(item);
        }

        return report.With(name, list);
    }
}
