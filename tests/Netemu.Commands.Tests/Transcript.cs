using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Netemu.Commands.Tests;

/// <summary>What the real tools printed, recorded by tests/fixtures/commands/record.sh.</summary>
internal static class Transcript
{
    public static IReadOnlyList<Entry> Read(string name)
    {
        List<Entry> entries = [];
        Entry? current = null;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "fixtures", $"{name}.txt")))
        {
            if (line.StartsWith("$ ", StringComparison.Ordinal))
            {
                current = new Entry(line[2..]);
                entries.Add(current);
            }
            else if (line.StartsWith("! ", StringComparison.Ordinal) || line == "!")
            {
                current!.Errors.Append(line.AsSpan(Math.Min(2, line.Length))).Append('\n');
            }
            else if (line.StartsWith("? ", StringComparison.Ordinal))
            {
                current!.Exit = int.Parse(line[2..]);
            }
            else
            {
                current!.Output.Append(line).Append('\n');
            }
        }

        return entries;
    }

    /// <summary>One command with what it printed.</summary>
    internal sealed class Entry(string command)
    {
        public string Command { get; } = command;

        public StringBuilder Output { get; } = new();

        public StringBuilder Errors { get; } = new();

        public int Exit { get; set; }
    }
}
