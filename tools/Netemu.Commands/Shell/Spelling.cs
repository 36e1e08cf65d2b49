using System;
using System.Collections.Generic;

namespace Netemu.Commands.Shell;

/// <summary>Finds the word that was meant, by the number of letters to change, add, leave out or swap.</summary>
public static class Spelling
{
    /// <summary>A longer word is no slip of the pen for any that is known here, and to compare it would take its length times theirs.</summary>
    private const int LongestWord = 64;

    /// <summary>The nearest of the words, if it is near enough to be meant; the first of equals.</summary>
    public static string? Nearest(string typed, IEnumerable<string> words)
    {
        if (typed.Length > LongestWord)
        {
            return null;
        }

        string? nearest = null;
        int best = Math.Max(1, typed.Length / 3) + 1;
        foreach (string word in words)
        {
            int distance = Distance(typed, word);
            if (distance < best && distance < word.Length)
            {
                best = distance;
                nearest = word;
            }
        }

        return nearest;
    }

    /// <summary>A further line of an error message; empty without a near word.</summary>
    public static string Hint(string typed, IEnumerable<string> words) =>
        Nearest(typed, words) is { } near ? $"\nhint: did you mean \"{near}\"?" : string.Empty;

    /// <summary>The optimal string alignment distance.</summary>
    public static int Distance(string left, string right)
    {
        int[,] rows = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                int change = rows[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(change, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[left.Length, right.Length];
    }
}
