using System;
using System.Collections.Immutable;
using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Programs.Dns;

namespace Netemu.Commands.Applications;

/// <summary>dig of BIND 9.18: one name, one server; +short, +noall +answer, +tcp, -x. It asks without EDNS (+noedns).</summary>
public sealed class DigCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["dig"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(
        "-4 -6 -x=ADDRESS -p=PORT -t=TYPE -q=NAME +short +tcp +vc +notcp +recurse +norecurse +noall +answer +edns +noedns +time=SECONDS +tries=COUNT +retry=COUNT +stats +nostats +comments +nocomments +question +noquestion");

    public CommandJob Start(CommandInvocation invocation)
    {
        DigOptions options = new();
        ImmutableArray<string> words = invocation.Arguments;
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            if (word.StartsWith('@'))
            {
                options = options with { Server = word[1..] };
            }
            else if (word.StartsWith('+'))
            {
                string name = word.Split('=')[0];
                if (Grammar.Find(string.Empty, name) is null)
                {
                    return Fail(1, $"Invalid option: {word}\nUsage:  dig [@local-server] [domain] [q-type] {{d-opt}}{Grammar.Hint(string.Empty, name)}");
                }

                options = WithFlag(options, word);
            }
            else if (word.StartsWith('-') && word.Length > 1)
            {
                if (Grammar.Find(string.Empty, word) is not { } known)
                {
                    return Fail(1, $"Invalid option: {word}\nUsage:  dig [@local-server] [domain] [q-type] {{d-opt}}{Grammar.Hint(string.Empty, word)}");
                }

                string value = known.TakesArgument && i + 1 < words.Length ? words[++i] : string.Empty;
                options = word switch
                {
                    "-p" when ushort.TryParse(value, out ushort port) => options with { Port = port },
                    "-x" when InternetAddress.TryParse(value, out InternetAddress address) =>
                        options with { Name = DnsMessage.ReverseName(address), Type = DnsType.PTR },
                    "-t" when Enum.TryParse(value, ignoreCase: true, out DnsType type) => options with { Type = type },
                    "-q" => options with { Name = value },
                    _ => options,
                };
            }
            else if (word.Equals("IN", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }
            else if (!word.Contains('.', StringComparison.Ordinal) && !char.IsAsciiDigit(word[0])
                && Enum.TryParse(word, ignoreCase: true, out DnsType type))
            {
                options = options with { Type = type };
            }
            else
            {
                options = options with { Name = word };
            }
        }

        DigJob job = new(options, string.Join(' ', words));
        job.Begin(invocation.Namespace, "dig");
        return job;
    }

    private static DigOptions WithFlag(DigOptions options, string word)
    {
        int number = word.Contains('=', StringComparison.Ordinal)
            && int.TryParse(word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int read)
            ? Math.Clamp(read, 1, 3600)
            : 1;
        return word.Split('=')[0] switch
        {
            "+short" => options with { IsShort = true },
            "+tcp" or "+vc" => options with { UsesTcp = true },
            "+norecurse" => options with { Recurses = false },
            "+noall" => options with { ShowsAll = false, ShowsAnswer = false },
            "+answer" => options with { ShowsAnswer = true },
            "+time" => options with { Time = Duration.FromSeconds(number) },
            "+tries" => options with { Tries = number },
            "+retry" => options with { Tries = number + 1 },
            _ => options,
        };
    }

    private static CommandJob Fail(int exit, string message) => CommandJob.Completed(CommandResult.Failure(exit, message));
}
