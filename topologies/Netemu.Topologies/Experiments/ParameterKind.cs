namespace Netemu.Topologies.Experiments;

/// <summary>What kind of values a parameter takes.</summary>
public enum ParameterKind
{
    /// <summary>Whole numbers, with ranges: 4-15.</summary>
    Numbers,

    /// <summary>Durations: 30s, 500ms.</summary>
    Durations,

    /// <summary>Words of a given set.</summary>
    Words,

    /// <summary>true or false.</summary>
    Switch,
}
