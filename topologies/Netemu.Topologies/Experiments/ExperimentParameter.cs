namespace Netemu.Topologies.Experiments;


/// <summary>A parameter of an experiment: <c>--NAME VALUE[,VALUE...]</c>.</summary>
/// <param name="Name">Without the dashes.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Default">Its values where none are given.</param>
/// <param name="Description">For the help text; names the words of a <see cref="ParameterKind.Words"/>.</param>
public sealed record ExperimentParameter(string Name, ParameterKind Kind, string Default, string Description)
{
    /// <summary>The words that are allowed; empty for any.</summary>
    public string[] Words { get; init; } = [];

    /// <summary>The least number.</summary>
    public long Minimum { get; init; }

    /// <summary>The greatest number.</summary>
    public long Maximum { get; init; } = long.MaxValue;
}
