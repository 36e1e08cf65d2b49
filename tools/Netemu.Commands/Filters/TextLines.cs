using System.Collections.Generic;

namespace Netemu.Commands.Filters;

/// <summary>Splits text into lines as the text tools do: the last line needs no line break.</summary>
internal static class TextLines
{
    public static IReadOnlyList<string> Split(string text) =>
        text.Length == 0 ? [] : (text.EndsWith('\n') ? text[..^1] : text).Split('\n');
}
