using Netemu.Core.Diagnostics;

namespace Netemu.Topologies.Expectations;

/// <summary>
/// A value, or a comparison with one: <c>3</c>, <c>refused</c>, <c>"&lt;13ms"</c>, <c>"10ms..12ms"</c>. The unit is read
/// in the light of what was observed.
/// </summary>
public sealed class ExpectedScalar : ExpectedValue
{
    public ExpectedScalar(Comparison comparison, string operand, string? upper, string text, SourceRange range)
        : base(range)
    {
        Comparison = comparison;
        Operand = operand;
        Upper = upper;
        Text = text;
    }

    public Comparison Comparison { get; }

    public string Operand { get; }

    /// <summary>The upper bound of <see cref="Comparison.Between"/>.</summary>
    public string? Upper { get; }

    /// <summary>As written.</summary>
    public string Text { get; }
}
