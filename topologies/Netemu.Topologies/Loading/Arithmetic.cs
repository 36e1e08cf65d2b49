using System;
using System.Globalization;

namespace Netemu.Topologies.Loading;

/// <summary>Whole-number expressions in topology files: <c>+ - * / %</c> and parentheses, checked for overflow.</summary>
internal ref struct Arithmetic
{
    private const int DeepestNesting = 16;

    private readonly ReadOnlySpan<char> _text;
    private int _position;
    private int _depth;

    private Arithmetic(ReadOnlySpan<char> text)
    {
        _text = text;
    }

    /// <summary>The value of an expression; false where it is malformed, overflows or divides by zero.</summary>
    public static bool TryEvaluate(ReadOnlySpan<char> text, out long value)
    {
        Arithmetic arithmetic = new(text);
        return arithmetic.Sum(out value) && arithmetic.AtEnd();
    }

    /// <summary>Splits <c>BASE + expression</c> at its first sign with spaces around it.</summary>
    public static bool TrySplit(ReadOnlySpan<char> text, out ReadOnlySpan<char> start, out long offset)
    {
        int plus = text.IndexOf(" + ", StringComparison.Ordinal);
        int minus = text.IndexOf(" - ", StringComparison.Ordinal);
        int at = plus < 0 ? minus : minus < 0 ? plus : Math.Min(plus, minus);
        if (at < 0)
        {
            start = text;
            offset = 0;
            return true;
        }

        start = text[..at].TrimEnd();
        return TryEvaluate($"0{text[at..]}", out offset);
    }

    private bool Sum(out long value)
    {
        if (!Product(out value))
        {
            return false;
        }

        while (Take('+') is var plus && (plus || Take('-')))
        {
            if (!Product(out long right) || !Fits(plus ? (Int128)value + right : (Int128)value - right, out value))
            {
                return false;
            }
        }

        return true;
    }

    private bool Product(out long value)
    {
        if (!Factor(out value))
        {
            return false;
        }

        while (true)
        {
            char sign = Take('*') ? '*' : Take('/') ? '/' : Take('%') ? '%' : '\0';
            if (sign == '\0')
            {
                return true;
            }

            if (!Factor(out long right) || (sign != '*' && right == 0))
            {
                return false;
            }

            Int128 result = sign switch
            {
                '*' => (Int128)value * right,
                '/' => (Int128)value / right,
                _ => (Int128)value % right,
            };
            if (!Fits(result, out value))
            {
                return false;
            }
        }
    }

    private bool Factor(out long value)
    {
        value = 0;
        if (Take('('))
        {
            return ++_depth <= DeepestNesting && Sum(out value) && Take(')') && _depth-- > 0;
        }

        bool negative = Take('-');
        SkipSpaces();
        int start = _position;
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
        {
            _position++;
        }

        if (!long.TryParse(_text[start.._position], NumberStyles.None, CultureInfo.InvariantCulture, out value))
        {
            return false;
        }

        value = negative ? -value : value;
        return true;
    }

    private static bool Fits(Int128 exact, out long value)
    {
        bool fits = exact >= long.MinValue && exact <= long.MaxValue;
        value = fits ? (long)exact : 0;
        return fits;
    }

    private bool Take(char c)
    {
        SkipSpaces();
        if (_position >= _text.Length || _text[_position] != c)
        {
            return false;
        }

        _position++;
        return true;
    }

    private void SkipSpaces()
    {
        while (_position < _text.Length && _text[_position] == ' ')
        {
            _position++;
        }
    }

    private bool AtEnd()
    {
        SkipSpaces();
        return _position == _text.Length;
    }
}
