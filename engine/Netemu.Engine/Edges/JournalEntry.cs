using System;
using System.Globalization;
using Netemu.Core.Time;

namespace Netemu.Engine.Edges;

/// <summary>
/// A decision of a live run that depended on the wall clock: up to where it ran before something held or it was ended.
/// </summary>
/// <param name="Kind">What was decided.</param>
/// <param name="At">Everything up to this instant had been run.</param>
/// <param name="IsOpen">A barrier had just run: other events of the instant were still to come.</param>
public readonly record struct JournalEntry(JournalKind Kind, SimTime At, bool IsOpen = false)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind} {At.Nanoseconds}{(IsOpen ? " open" : string.Empty)}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out JournalEntry entry)
    {
        entry = default;
        string[] words = text.Split(' ');
        if (words.Length is not (2 or 3)
            || !Enum.TryParse(words[0], out JournalKind kind)
            || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long at)
            || (words.Length == 3 && words[2] != "open"))
        {
            return false;
        }

        entry = new JournalEntry(kind, new SimTime(at), words.Length == 3);
        return true;
    }
}
