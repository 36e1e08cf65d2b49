using System.Collections.Generic;
using System.Text;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>Splits a line into words as iptables-restore does: blanks separate, quotes and backslashes keep.</summary>
internal static class CommandLine
{
    public static List<string> Split(string line)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool open = false;
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '\\' && quote != '\0' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
            }
            else if (c == quote && quote != '\0')
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '"' or '\'' && quote == '\0')
            {
                quote = c;
                open = true;
            }
            else if (quote == '\0' && c is ' ' or '\t' or '\r' && quote == '\0')
            {
                if (word.Length > 0 || open)
                {
                    words.Add(word.ToString());
                    word.Clear();
                    open = false;
                }
            }
            else
            {
                word.Append(c);
            }
        }

        if (word.Length > 0 || open)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
