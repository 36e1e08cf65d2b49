using System;
using System.Globalization;

namespace Netemu.Topologies.Model;

/// <summary>A share of all packets in whole parts per million, 0 to 1,000,000; written in percent.</summary>
public readonly record struct Probability(int PartsPerMillion) : IComparable<Probability>
{
    public static Probability Certain => new(1_000_000);

    public bool IsZero => PartsPerMillion == 0;

    public int CompareTo(Probability other) => PartsPerMillion.CompareTo(other.PartsPerMillion);

    /// <summary>Percent with as many digits as are needed: 0.1%, 25%.</summary>
    public override string ToString()
    {
        string fraction = (PartsPerMillion % 10_000).ToString("d4", CultureInfo.InvariantCulture).TrimEnd('0');
        string whole = (PartsPerMillion / 10_000).ToString(CultureInfo.InvariantCulture);
        return fraction.Length == 0 ? $"{whole}%" : $"{whole}.{fraction}%";
    }
}
