using System;
using System.Globalization;
using System.Text;

namespace Netemu.Calico.Yaml;

/// <summary>Writes a tree as kubectl prints YAML (block style, two blanks, lists not indented) or as JSON.</summary>
public static class YamlPrinter
{
    private const int Step = 2;

    public static string ToYaml(YamlNode node)
    {
        StringBuilder text = new();
        Write(text, node, 0);
        return text.ToString();
    }

    public static string ToJson(YamlNode node)
    {
        StringBuilder text = new();
        WriteJson(text, node, 0);
        return text.Append('\n').ToString();
    }

    /// <summary>Whether a text as a plain scalar would be read as another type, or not at all.</summary>
    public static bool NeedsQuotes(string text)
    {
        if (text.Length == 0 || text != text.Trim() || text is "~" || IsWord(text, "null", "true", "false", "yes", "no", "on", "off"))
        {
            return true;
        }

        if (text.AsSpan().IndexOfAny("\n\t\"'\\") >= 0 || text.Contains(": ", StringComparison.Ordinal)
            || text.Contains(" #", StringComparison.Ordinal) || text.EndsWith(':'))
        {
            return true;
        }

        return "!&*-?|>@`%{}[],#".Contains(text[0], StringComparison.Ordinal)
            || decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
    }

    private static bool IsWord(string text, params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            if (string.Equals(text, word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static void Write(StringBuilder text, YamlNode node, int indent)
    {
        switch (node)
        {
            case YamlMapping { Entries.Count: > 0 } mapping:
                foreach (YamlEntry entry in mapping.Entries)
                {
                    text.Append(' ', indent);
                    WriteEntry(text, entry, indent);
                }

                break;
            case YamlSequence { Items.Count: > 0 } sequence:
                foreach (YamlNode item in sequence.Items)
                {
                    text.Append(' ', indent).Append("- ");
                    WriteItem(text, item, indent + Step);
                }

                break;
            default:
                text.Append(' ', indent).Append(Inline(node)).Append('\n');
                break;
        }
    }

    private static void WriteEntry(StringBuilder text, YamlEntry entry, int indent)
    {
        text.Append(NeedsQuotes(entry.Name) ? Quote(entry.Name) : entry.Name).Append(':');
        switch (entry.Value)
        {
            case YamlMapping { Entries.Count: > 0 }:
                text.Append('\n');
                Write(text, entry.Value, indent + Step);
                break;
            case YamlSequence { Items.Count: > 0 }:
                text.Append('\n');
                Write(text, entry.Value, indent);
                break;
            default:
                text.Append(' ').Append(Inline(entry.Value)).Append('\n');
                break;
        }
    }

    /// <summary>The first key of a mapping stands behind the dash.</summary>
    private static void WriteItem(StringBuilder text, YamlNode item, int indent)
    {
        if (item is not YamlMapping { Entries.Count: > 0 } mapping)
        {
            if (item is YamlSequence { Items.Count: > 0 })
            {
                text.Append('\n');
                Write(text, item, indent);
                return;
            }

            text.Append(Inline(item)).Append('\n');
            return;
        }

        for (int i = 0; i < mapping.Entries.Count; i++)
        {
            text.Append(' ', i == 0 ? 0 : indent);
            WriteEntry(text, mapping.Entries[i], indent);
        }
    }

    private static string Inline(YamlNode node) => node switch
    {
        YamlMapping => "{}",
        YamlSequence => "[]",
        YamlScalar { IsNull: true } => "null",
        YamlScalar { IsPlain: true } scalar => scalar.Value,
        YamlScalar scalar => NeedsQuotes(scalar.Value) ? Quote(scalar.Value) : scalar.Value,
        _ => string.Empty,
    };

    private static void WriteJson(StringBuilder text, YamlNode node, int indent)
    {
        switch (node)
        {
            case YamlMapping { Entries.Count: > 0 } mapping:
                text.Append("{\n");
                for (int i = 0; i < mapping.Entries.Count; i++)
                {
                    text.Append(' ', indent + Step).Append(Quote(mapping.Entries[i].Name)).Append(": ");
                    WriteJson(text, mapping.Entries[i].Value, indent + Step);
                    text.Append(i + 1 < mapping.Entries.Count ? ",\n" : "\n");
                }

                text.Append(' ', indent).Append('}');
                break;
            case YamlSequence { Items.Count: > 0 } sequence:
                text.Append("[\n");
                for (int i = 0; i < sequence.Items.Count; i++)
                {
                    text.Append(' ', indent + Step);
                    WriteJson(text, sequence.Items[i], indent + Step);
                    text.Append(i + 1 < sequence.Items.Count ? ",\n" : "\n");
                }

                text.Append(' ', indent).Append(']');
                break;
            case YamlScalar { IsNull: true }:
                text.Append("null");
                break;
            case YamlScalar scalar when scalar.TryGetBoolean(out bool value):
                text.Append(value ? "true" : "false");
                break;
            case YamlScalar scalar when scalar.TryGetInteger(out long number):
                text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case YamlScalar scalar:
                text.Append(Quote(scalar.Value));
                break;
            default:
                text.Append(Inline(node));
                break;
        }
    }

    private static string Quote(string text)
    {
        StringBuilder quoted = new("\"", text.Length + 2);
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                '\r' => quoted.Append("\\r"),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
