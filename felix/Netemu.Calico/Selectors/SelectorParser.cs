using System;
using System.Collections.Generic;
using System.Linq;

namespace Netemu.Calico.Selectors;

/// <summary>
/// Recursive descent over the selector grammar:
/// <code>
/// or   := and { "||" and }
/// and  := op { "&amp;&amp;" op }
/// op   := { "!" } ( "(" or ")" | "has(" label ")" | "all()" | "global()" | comparison )
/// comparison := label ( "==" | "!=" | "contains" | "starts with" | "ends with" ) string
///             | label [ "not" ] "in" "{" [ string { "," string } [ "," ] ] "}"
/// </code>
/// Labels are [A-Za-z0-9_./-]+, strings stand in ' or " without escapes, blanks and tabs separate tokens. A "!" negates
/// the whole comparison that follows it. Nothing here throws: the first problem is kept with its place.
/// </summary>
internal sealed class SelectorParser(string text)
{
    /// <summary>Deeper nesting than anyone writes by hand is refused, so that hostile input cannot exhaust the stack.</summary>
    private const int MaximumDepth = 200;

    private int _position;
    private int _depth;
    private SelectorError? _error;

    public static string[] SetOf(IEnumerable<string> values) =>
        [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public bool TryParse(out SelectorNode? root, out SelectorError error)
    {
        SkipBlanks();
        root = _position == text.Length ? new AllNode() : ParseOr();
        if (root is not null && _position < text.Length)
        {
            Fail($"unexpected '{text[_position]}'");
        }

        error = _error ?? default;
        return _error is null;
    }

    private SelectorNode? ParseOr() => ParseChain("||", ParseAnd, operands => new OrNode(operands));

    private SelectorNode? ParseAnd() => ParseChain("&&", ParseOperation, operands => new AndNode(operands));

    private SelectorNode? ParseChain(
        string separator,
        Func<SelectorNode?> parseOperand,
        Func<SelectorNode[], SelectorNode> combine)
    {
        List<SelectorNode> operands = [];
        do
        {
            if (parseOperand() is not { } operand)
            {
                return null;
            }

            operands.Add(operand);
        }
        while (TryTake(separator));

        return operands.Count == 1 ? operands[0] : combine([.. operands]);
    }

    private SelectorNode? ParseOperation()
    {
        bool negated = false;
        while (TryTake("!"))
        {
            negated = !negated;
        }

        SelectorNode? operand = ParseOperand();
        return operand is null || !negated ? operand : new NotNode(operand);
    }

    private SelectorNode? ParseOperand()
    {
        if (TryTake("("))
        {
            return ParseParentheses();
        }

        int start = _position;
        string label = TakeLabel();
        if (label.Length == 0)
        {
            return Fail(_position == text.Length
                ? "expected a label, has(label), all() or '('"
                : $"unexpected '{text[_position]}', expected a label, has(label), all() or '('");
        }

        if (_position < text.Length && text[_position] == '(')
        {
            return ParseCall(label, start);
        }

        SkipBlanks();
        return ParseComparison(label);
    }

    private SelectorNode? ParseParentheses()
    {
        if (++_depth > MaximumDepth)
        {
            return Fail($"nested deeper than {MaximumDepth}");
        }

        SelectorNode? inner = ParseOr();
        _depth--;
        return inner is null || Expect(")") ? inner : null;
    }

    private SelectorNode? ParseCall(string function, int start)
    {
        if (function is not ("has" or "all" or "global"))
        {
            return Fail($"unknown function '{function}'", start);
        }

        Expect("(");
        if (function != "has")
        {
            return !Expect(")") ? null : function == "all" ? new AllNode() : new GlobalNode();
        }

        string label = TakeLabel();
        if (label.Length == 0)
        {
            return Fail("expected a label in has()");
        }

        SkipBlanks();
        return Expect(")") ? new HasNode(label) : null;
    }

    private SelectorNode? ParseComparison(string label)
    {
        if (TryTake("=="))
        {
            return TakeString() is { } value ? new EqualsNode(label, value) : null;
        }

        if (TryTake("!="))
        {
            return TakeString() is { } value ? new NotEqualsNode(label, value) : null;
        }

        if (TryTake("contains"))
        {
            return Substring(label, SubstringOperator.Contains);
        }

        if (TryTakeWords("starts", "with"))
        {
            return Substring(label, SubstringOperator.StartsWith);
        }

        if (TryTakeWords("ends", "with"))
        {
            return Substring(label, SubstringOperator.EndsWith);
        }

        if (TryTakeWords("not", "in"))
        {
            return TakeSet() is { } values ? new NotInNode(label, values) : null;
        }

        if (TryTake("in"))
        {
            return TakeSet() is { } values ? new InNode(label, values) : null;
        }

        return Fail($"expected an operator after label '{label}'");
    }

    private SubstringNode? Substring(string label, SubstringOperator substring) =>
        TakeString() is { } value ? new SubstringNode(label, substring, value) : null;

    private string[]? TakeSet()
    {
        if (!Expect("{"))
        {
            return null;
        }

        List<string> values = [];
        while (!TryTake("}"))
        {
            if (values.Count > 0 && !Expect(","))
            {
                return null;
            }

            if (values.Count > 0 && TryTake("}"))
            {
                break;
            }

            if (TakeString() is not { } value)
            {
                return null;
            }

            values.Add(value);
        }

        return SetOf(values);
    }

    private string? TakeString()
    {
        if (_position == text.Length || text[_position] is not ('\'' or '"'))
        {
            Fail("expected a string in quotes");
            return null;
        }

        int end = text.IndexOf(text[_position], _position + 1);
        if (end < 0)
        {
            Fail("the string has no closing quote");
            return null;
        }

        string value = text[(_position + 1)..end];
        _position = end + 1;
        SkipBlanks();
        return value;
    }

    private string TakeLabel()
    {
        int start = _position;
        while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || "_./-".Contains(text[_position])))
        {
            _position++;
        }

        return text[start.._position];
    }

    private bool TryTakeWords(string first, string second)
    {
        int start = _position;
        if (TryTake(first) && TryTake(second))
        {
            return true;
        }

        _position = start;
        return false;
    }

    private bool TryTake(string token)
    {
        if (!text.AsSpan(_position).StartsWith(token, StringComparison.Ordinal))
        {
            return false;
        }

        _position += token.Length;
        SkipBlanks();
        return true;
    }

    private bool Expect(string token)
    {
        if (TryTake(token))
        {
            return true;
        }

        Fail(_position == text.Length ? $"expected '{token}'" : $"unexpected '{text[_position]}', expected '{token}'");
        return false;
    }

    private void SkipBlanks()
    {
        while (_position < text.Length && text[_position] is ' ' or '\t')
        {
            _position++;
        }
    }

    private SelectorNode? Fail(string message, int? offset = null)
    {
        _error ??= new SelectorError(offset ?? _position, message);
        return null;
    }
}
