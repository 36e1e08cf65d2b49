using System;
using System.Buffers;
using System.Globalization;
using System.Text;

namespace Netemu.Topologies.Expectations;

/// <summary>Renders expected and observed values in YAML's flow style, for messages.</summary>
public static class ValueText
{
    private const int LongestText = 200;

    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create("\n\t,[]{}\"");

    public static string Render(ObservedValue value)
    {
        StringBuilder text = new();
        Append(value, text);
        return text.ToString();
    }

    public static string Render(ExpectedValue value)
    {
        StringBuilder text = new();
        Append(value, text);
        return text.ToString();
    }

    private static void Append(ObservedValue value, StringBuilder text)
    {
        switch (value)
        {
            case ObservedMapping mapping:
                Separator separator = new(text, '{');
                foreach ((string name, ObservedValue child) in mapping)
                {
                    separator.Next();
                    text.Append(name).Append(": ");
                    Append(child, text);
                }

                text.Append('}');
                break;

            case ObservedList list:
                Separator items = new(text, '[');
                foreach (ObservedValue item in list)
                {
                    items.Next();
                    Append(item, text);
                }

                text.Append(']');
                break;

            case ObservedText scalar:
                AppendText(scalar.Text, text);
                break;
            case ObservedNumber number:
                text.Append(number.Number.ToString(CultureInfo.InvariantCulture));
                break;
            case ObservedBoolean boolean:
                text.Append(boolean.Value ? "true" : "false");
                break;
            case ObservedDuration duration:
                text.Append(duration.Time);
                break;
            case ObservedShare share:
                text.Append(share.Share);
                break;
            default:
                text.Append("nothing");
                break;
        }
    }

    private static void Append(ExpectedValue value, StringBuilder text)
    {
        switch (value)
        {
            case ExpectedMapping mapping:
                Separator separator = new(text, '{');
                foreach ((string name, ExpectedValue child) in mapping.Entries)
                {
                    separator.Next();
                    text.Append(name).Append(": ");
                    Append(child, text);
                }

                text.Append('}');
                break;

            case ExpectedSequence sequence:
                Separator items = new(text, '[');
                foreach (ExpectedValue item in sequence.Items)
                {
                    items.Next();
                    Append(item, text);
                }

                text.Append(']');
                break;

            default:
                AppendText(((ExpectedScalar)value).Text, text);
                break;
        }
    }

    private static void AppendText(string value, StringBuilder text)
    {
        string shown = value.Length > LongestText ? $"{value[..LongestText]}..." : value;
        bool plain = shown.Length > 0 && !shown.AsSpan().ContainsAny(NeedQuotes) && shown.Trim().Length == shown.Length;
        text.Append(plain ? shown : $"\"{shown.Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)}\"");
    }

    /// <summary>Opens a collection and puts commas between its items.</summary>
    private ref struct Separator
    {
        private readonly StringBuilder _text;
        private bool _any;

        public Separator(StringBuilder text, char open)
        {
            _text = text.Append(open);
        }

        public void Next()
        {
            if (_any)
            {
                _text.Append(", ");
            }

            _any = true;
        }
    }
}
