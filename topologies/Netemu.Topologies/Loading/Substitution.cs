using System;
using System.Buffers;
using System.Globalization;
using System.Text;

namespace Netemu.Topologies.Loading;

/// <summary>
/// Replaces <c>${VAR}</c>, <c>${VAR:-default}</c>, <c>$i</c> and <c>${i+1}</c> in a scalar of the topology document.
/// <c>$$</c> stands for one dollar sign where a variable would follow.
/// </summary>
internal static class Substitution
{
    private static readonly SearchValues<char> ExpressionCharacters = SearchValues.Create("ijk0123456789+-*/%() ");

    /// <summary>The text with every variable replaced; <paramref name="missing"/> names the first without a value.</summary>
    public static string Apply(string text, Func<string, string?> lookup, IndexScope? scope, out string? missing)
    {
        missing = null;
        int dollar = text.IndexOf('$', StringComparison.Ordinal);
        if (dollar < 0)
        {
            return text;
        }

        // Behind the last brace that closes no variable in braces can begin: a long text is looked through once.
        int lastClose = text.LastIndexOf('}');
        StringBuilder result = new();
        int position = 0;
        while (dollar >= 0)
        {
            result.Append(text, position, dollar - position);
            position = dollar + Replace(text, dollar, lastClose, lookup, scope, result, ref missing);
            dollar = text.IndexOf('$', position);
        }

        return result.Append(text, position, text.Length - position).ToString();
    }

    /// <summary>Appends what stands for the '$' at a position and returns how many characters it covers.</summary>
    private static int Replace(
        string text, int dollar, int lastClose, Func<string, string?> lookup, IndexScope? scope, StringBuilder result, ref string? missing)
    {
        ReadOnlySpan<char> rest = text.AsSpan(dollar + 1);
        if (rest.StartsWith("$") && rest.Length > 1 && (rest[1] == '{' || IsIndex(rest[1..], scope)))
        {
            result.Append('$').Append(rest[1]);
            return 3;
        }

        if (IsIndex(rest, scope))
        {
            result.Append(CultureInfo.InvariantCulture, $"{IndexScope.Find(scope, rest[0])}");
            return 2;
        }

        if (rest.IsEmpty || rest[0] != '{' || lastClose < dollar)
        {
            result.Append('$');
            return 1;
        }

        int close = rest.IndexOf('}');
        ReadOnlySpan<char> body = rest[1..close];
        if (TryEvaluate(body, scope, out long number))
        {
            result.Append(CultureInfo.InvariantCulture, $"{number}");
            return close + 2;
        }

        int separator = body.IndexOf(":-", StringComparison.Ordinal);
        string name = (separator < 0 ? body : body[..separator]).ToString();
        string? value = lookup(name);
        if (string.IsNullOrEmpty(value))
        {
            value = separator < 0 ? value : body[(separator + 2)..].ToString();
        }

        if (value is null)
        {
            missing ??= name;
        }

        result.Append(value);
        return close + 2;
    }

    private static bool IsIndex(ReadOnlySpan<char> text, IndexScope? scope) =>
        !text.IsEmpty && IndexScope.Find(scope, text[0]) is not null
        && (text.Length == 1 || !(char.IsAsciiLetterOrDigit(text[1]) || text[1] == '_'));

    /// <summary>An expression over index variables, such as <c>i*2+1</c>.</summary>
    private static bool TryEvaluate(ReadOnlySpan<char> body, IndexScope? scope, out long number)
    {
        number = 0;
        if (scope is null || body.ContainsAnyExcept(ExpressionCharacters))
        {
            return false;
        }

        StringBuilder expression = new();
        foreach (char c in body)
        {
            if (!char.IsAsciiLetter(c))
            {
                expression.Append(c);
            }
            else if (IndexScope.Find(scope, c) is { } index)
            {
                expression.Append(CultureInfo.InvariantCulture, $"{index}");
            }
            else
            {
                return false;
            }
        }

        return Arithmetic.TryEvaluate(expression.ToString(), out number);
    }
}
