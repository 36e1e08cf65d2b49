using System.Globalization;
using Netemu.Core.Time;

namespace Netemu.Topologies.Running;

/// <summary>A text, a number, a truth value, or a span of virtual time.</summary>
public sealed class ObservedScalar : ObservedValue
{
    public ObservedScalar(string text) => Text = text;

    public ObservedScalar(long number)
    {
        Number = number;
        Text = number.ToString(CultureInfo.InvariantCulture);
    }

    public ObservedScalar(bool value)
    {
        Truth = value;
        Text = value ? "true" : "false";
    }

    public ObservedScalar(Duration time)
    {
        Time = time;
        Text = time.ToString();
    }

    public string Text { get; }

    /// <summary>Null where it is no number.</summary>
    public long? Number { get; }

    /// <summary>Null where it is no span of time.</summary>
    public Duration? Time { get; }

    /// <summary>Null where it is no truth value.</summary>
    public bool? Truth { get; }

    public override string ToString() => Text;
}
