using System;

namespace Netemu.Calico.Binding;

/// <summary>BGP communities as Calico writes them: two numbers of 16 bits, or three of 32 (RFC 8092).</summary>
internal static class CommunityText
{
    public const string Description = "a community such as 64512:100, or 64512:1:2 for a large one";

    public static bool IsValid(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length switch
        {
            2 => Array.TrueForAll(parts, static part => ushort.TryParse(part, out _)),
            3 => Array.TrueForAll(parts, static part => uint.TryParse(part, out _)),
            _ => false,
        };
    }

    /// <summary>The value of a field that must be a community; empty if it is none, with an error.</summary>
    public static string Read(FieldReader fields, string name)
    {
        string text = fields.Required(name);
        if (text.Length > 0 && !IsValid(text))
        {
            fields.Error(name, $"'{text}' is not {Description}");
            return string.Empty;
        }

        return text;
    }
}
