using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Processes;
using Netemu.Engine.Programs.Dns;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Applications;

/// <summary>A running dig, and its output in BIND's layout.</summary>
internal sealed class DigJob(DigOptions options, string line) : ProgramJob
{
    private const string Version = "9.18.49";

    public override async ProcessTask<int> RunAsync(Process process)
    {
        IReadOnlyList<InternetAddress> servers = process.Namespace.Names.Servers;
        InternetAddress server = options.Server is { } named
            ? await StubResolver.ResolveAsync(process, named)
            : servers.Count > 0 ? servers[0] : IPv4Address.Loopback;
        if (server.IsNone)
        {
            Output.ErrorLine($"dig: couldn't get address for '{options.Server}': not found");
            return 10;
        }

        for (int attempt = 0; attempt < options.Tries; attempt++)
        {
            DnsQuery query = new(process, server, options.Port, options.Name, options.Type)
            {
                Timeout = options.Time,
                UsesTcp = options.UsesTcp,
                RecursionDesired = options.Recurses,
            };
            await query.RunAsync();
            if (query.Answer is { } answer)
            {
                Print(answer, query, server, process.Now);
                return 0;
            }

            string why = query.Error switch
            {
                Errno.ECONNREFUSED => $";; communications error to {server}#{options.Port}: connection refused",
                Errno.ETIMEDOUT or Errno.None => $";; communications error to {server}#{options.Port}: timed out",
                _ => $";; UDP setup with {server}#{options.Port}({server}) for {options.Name} failed: {SocketErrors.Describe(query.Error).ToLowerInvariant()}.",
            };
            Output.Line(why);
        }

        if (!options.IsShort)
        {
            PrintHead();
        }

        Output.Line(options.IsShort ? ";; no servers could be reached" : ";; no servers could be reached\n");
        return 9;
    }

    private void PrintHead()
    {
        Output.Line(string.Empty);
        Output.Line($"; <<>> DiG {Version} <<>> {line}");
        if (options.Server is not null)
        {
            Output.Line("; (1 server found)");
        }

        Output.Line(";; global options: +cmd");
    }

    private void Print(DnsMessage answer, DnsQuery query, InternetAddress server, SimTime now)
    {
        if (options.IsShort)
        {
            foreach (DnsRecord record in answer.Answers)
            {
                Output.Line(Data(record));
            }

            return;
        }

        if (options.ShowsAll)
        {
            PrintHead();
            Output.Line(";; Got answer:");
            Output.Line($";; ->>HEADER<<- opcode: QUERY, status: {answer.ResponseCode}, id: {answer.Id}");
            Output.Line($";; flags: {Flags(answer)}; QUERY: 1, ANSWER: {answer.Answers.Count}, AUTHORITY: {answer.Authorities.Count}, ADDITIONAL: 0");
            if (answer.RecursionDesired && !answer.RecursionAvailable)
            {
                Output.Line(";; WARNING: recursion requested but not available");
            }

            Output.Line(string.Empty);
            Output.Line(";; QUESTION SECTION:");
            Output.Line($"{Pad($";{answer.Question}.", 32)}IN\t{answer.QuestionType}");
            Output.Line(string.Empty);
        }

        if (answer.Answers.Count > 0 && options.ShowsAnswer)
        {
            if (options.ShowsAll)
            {
                Output.Line(";; ANSWER SECTION:");
            }

            foreach (DnsRecord record in answer.Answers)
            {
                Output.Line($"{Pad($"{record.Name}.", 24)}{record.TimeToLive}\tIN\t{record.Type}\t{Data(record)}");
            }

            if (options.ShowsAll)
            {
                Output.Line(string.Empty);
            }
        }

        if (options.ShowsAll)
        {
            Output.Line($";; Query time: {query.Time.Milliseconds} msec");
            Output.Line($";; SERVER: {server}#{options.Port}({server}) ({(options.UsesTcp ? "TCP" : "UDP")})");
            Output.Line($";; WHEN: {When(now)}");
            Output.Line($";; MSG SIZE  rcvd: {query.AnswerSize}");
            Output.Line(string.Empty);
        }
    }

    private static string Flags(DnsMessage answer)
    {
        StringBuilder flags = new("qr");
        flags.Append(answer.IsAuthoritative ? " aa" : string.Empty);
        flags.Append(answer.IsTruncated ? " tc" : string.Empty);
        flags.Append(answer.RecursionDesired ? " rd" : string.Empty);
        return flags.Append(answer.RecursionAvailable ? " ra" : string.Empty).ToString();
    }

    private static string Data(DnsRecord record) => record.Type switch
    {
        DnsType.A or DnsType.AAAA => record.Address.ToString(),
        DnsType.CNAME or DnsType.NS or DnsType.PTR => $"{record.Target}.",
        _ => $"\\# {record.Data.Length} {Convert.ToHexString(record.Data.Span)}",
    };

    /// <summary>Tabs up to a column, at least one.</summary>
    private static string Pad(string text, int column)
    {
        int tabs = Math.Max(1, (column - text.Length + 7) / 8);
        return text + new string('\t', tabs);
    }

    /// <summary>Virtual time as a date: a run begins with the Unix epoch.</summary>
    private static string When(SimTime now) =>
        DateTimeOffset.FromUnixTimeMilliseconds(now.Nanoseconds / 1_000_000)
            .ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture);
}
