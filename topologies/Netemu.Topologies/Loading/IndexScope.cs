namespace Netemu.Topologies.Loading;

/// <summary>
/// The numbers of the ranges around a part of the file: <c>$i</c> is the outermost one's, <c>$j</c> and <c>$k</c> those
/// inside it.
/// </summary>
internal sealed record IndexScope(IndexScope? Outer, long Number)
{
    private const string Names = "ijk";

    public int Depth { get; } = Outer is null ? 0 : Outer.Depth + 1;

    /// <summary>The most ranges inside each other.</summary>
    public static int MaximumDepth => Names.Length;

    /// <summary>The number of the range that a variable names; null where there is none.</summary>
    public static long? Find(IndexScope? scope, char variable)
    {
        int depth = Names.IndexOf(variable, System.StringComparison.Ordinal);
        while (scope is not null && scope.Depth > depth)
        {
            scope = scope.Outer;
        }

        return depth >= 0 && scope is not null && scope.Depth == depth ? scope.Number : null;
    }
}
