using System.Linq;

namespace Netemu.Calico.Selectors;

/// <summary>The canonical spelling of a selector's parts.</summary>
internal static class SelectorText
{
    /// <summary>The value in the quotes that it does not contain: the grammar has no escapes.</summary>
    public static string Quote(string value) => value.Contains('"') ? $"'{value}'" : $"\"{value}\"";

    public static string Set(string[] values) => $"{{{string.Join(", ", values.Select(Quote))}}}";

    public static string Of(SubstringOperator substring) => substring switch
    {
        SubstringOperator.Contains => "contains",
        SubstringOperator.StartsWith => "starts with",
        _ => "ends with",
    };
}
