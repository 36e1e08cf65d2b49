using System.Globalization;
using System.Text;

namespace Netemu.Commands.Ip;

/// <summary>
/// Writes iproute2's output: the same calls make its text or, with -j, its JSON (lib/json_print.c, json_writer.c), down to
/// the blanks of -p.
/// </summary>
public sealed class IpPrinter(bool json, bool pretty = false)
{
    private readonly StringBuilder _text = new();
    private char _separator;
    private int _depth;

    public bool IsJson { get; } = json;

    /// <summary>A value in both forms: under <paramref name="key"/> in JSON, as <paramref name="text"/> in text.</summary>
    public void Any(string key, string value, string text)
    {
        if (IsJson)
        {
            Member(key, value);
        }
        else
        {
            _text.Append(text);
        }
    }

    public void Any(string key, long value, string text)
    {
        if (IsJson)
        {
            Member(key, value);
        }
        else
        {
            _text.Append(text);
        }
    }

    /// <summary>Something that JSON does not have.</summary>
    public void Text(string text)
    {
        if (!IsJson)
        {
            _text.Append(text);
        }
    }

    /// <summary>Something that only JSON has.</summary>
    public void Member(string key, string value)
    {
        if (IsJson)
        {
            Name(key);
            Quote(value);
            _separator = ',';
        }
    }

    public void Member(string key, long value)
    {
        if (IsJson)
        {
            Name(key);
            _text.Append(value.ToString(CultureInfo.InvariantCulture));
            _separator = ',';
        }
    }

    /// <summary>A number as the caller writes it (a fraction).</summary>
    public void MemberRaw(string key, string number)
    {
        if (IsJson)
        {
            Name(key);
            _text.Append(number);
            _separator = ',';
        }
    }

    /// <summary>A number as an element of an array.</summary>
    public void Number(long value)
    {
        if (IsJson)
        {
            Separate();
            _text.Append(value.ToString(CultureInfo.InvariantCulture));
            _separator = ',';
        }
    }

    /// <summary>A key that says something by being there (print_null).</summary>
    public void MemberNull(string key)
    {
        if (IsJson)
        {
            Name(key);
            _text.Append("null");
            _separator = ',';
        }
    }

    public void Member(string key, bool value)
    {
        if (IsJson)
        {
            Name(key);
            _text.Append(value ? "true" : "false");
            _separator = ',';
        }
    }

    /// <summary>A string as an element of an array.</summary>
    public void Element(string value)
    {
        if (IsJson)
        {
            Separate();
            Quote(value);
            _separator = ',';
        }
    }

    public void OpenObject(string? key = null)
    {
        if (IsJson)
        {
            NameIf(key);
            Begin('{');
        }
    }

    public void CloseObject()
    {
        if (IsJson)
        {
            End('}');
        }
    }

    public void OpenArray(string? key = null)
    {
        if (IsJson)
        {
            NameIf(key);
            Begin('[');
            if (pretty)
            {
                _text.Append(' ');
            }
        }
    }

    public void CloseArray()
    {
        if (!IsJson)
        {
            return;
        }

        if (pretty && _separator != '\0')
        {
            _text.Append(' ');
        }

        _separator = '\0';
        End(']');
    }

    /// <summary>All that has been written; JSON ends with a line break.</summary>
    public string Finish() => IsJson ? _text.Append('\n').ToString() : _text.ToString();

    private void NameIf(string? key)
    {
        if (key is not null)
        {
            Name(key);
        }
    }

    private void Name(string key)
    {
        Separate();
        BreakLine();
        _separator = '\0';
        Quote(key);
        _text.Append(':');
        if (pretty)
        {
            _text.Append(' ');
        }
    }

    private void Begin(char bracket)
    {
        Separate();
        _text.Append(bracket);
        _depth++;
        _separator = '\0';
    }

    private void End(char bracket)
    {
        _depth--;
        if (_separator != '\0')
        {
            BreakLine();
        }

        _text.Append(bracket);
        _separator = ',';
    }

    private void Separate()
    {
        if (_separator != '\0')
        {
            _text.Append(_separator);
        }

        _separator = ',';
    }

    private void BreakLine()
    {
        if (pretty)
        {
            _text.Append('\n').Append(' ', 4 * _depth);
        }
    }

    private void Quote(string value)
    {
        _text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '\t' => _text.Append("\\t"),
                < ' ' => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => _text.Append(c),
            };
        }

        _text.Append('"');
    }
}
