using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Text;

namespace Netemu.Commands.Netfilter;

/// <summary>conntrack of conntrack-tools 1.4.7: list, delete, flush, count and statistics, with filters.</summary>
public sealed class ConntrackCommand : ICommand
{
    private const string Tool = "conntrack v1.4.7 (conntrack-tools): ";

    private static readonly ImmutableArray<KeyValuePair<string, string>> Long =
    [
        new("--dump", "-L"), new("--delete", "-D"), new("--flush", "-F"), new("--count", "-C"), new("--stats", "-S"),
        new("--family", "-f"), new("--proto", "-p"), new("--orig-src", "-s"), new("--src", "-s"), new("--orig-dst", "-d"), new("--dst", "-d"),
        new("--reply-src", "-r"), new("--reply-dst", "-q"), new("--mark", "-m"), new("--orig-port-src", "--sport"),
        new("--orig-port-dst", "--dport"), new("--src-nat", "-n"), new("--dst-nat", "-g"),
    ];

    public ImmutableArray<string> Names { get; } = ["conntrack"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(
        "-L -D -F -C -S -f=FAMILY -p=PROTOCOL -s=ADDRESS -d=ADDRESS -r=ADDRESS -q=ADDRESS -m=MARK -n -g --sport=PORT --dport=PORT --state=STATE "
        + "--dump --delete --flush --count --stats --family=FAMILY --proto=PROTOCOL --orig-src=ADDRESS --src=ADDRESS --orig-dst=ADDRESS --dst=ADDRESS "
        + "--reply-src=ADDRESS --reply-dst=ADDRESS --mark=MARK --orig-port-src=PORT --orig-port-dst=PORT --src-nat --dst-nat");

    public CommandJob Start(CommandInvocation invocation) => CommandJob.Completed(Run(invocation));

    private CommandResult Run(CommandInvocation invocation)
    {
        // The operation may be followed by the name of its table.
        ImmutableArray<string> words = [.. invocation.Arguments.Where(w => w is not ("conntrack" or "expect"))];
        OptionReader read = OptionReader.Read(words, Grammar, new Dictionary<string, string>(Long));
        if ((read.Unknown ?? read.WithoutValue ?? (read.Operands.Count > 0 ? read.Operands[0] : null)) is { } bad)
        {
            return CommandResult.Failure(2, $"{Tool}Bad parameter '{bad}'{Grammar.Hint(string.Empty, bad)}");
        }

        ConnectionTable table = invocation.Namespace.Netfilter.Connections;
        if (Filter(read) is not { } matches)
        {
            return CommandResult.Failure(2, $"{Tool}bad value of a filter");
        }

        if (read.Has("-L"))
        {
            Connection[] found = [.. table.All().Where(matches)];
            return new CommandResult(0, Lines(found, invocation), $"{Tool}{found.Length} flow entries have been shown.\n");
        }

        if (read.Has("-D"))
        {
            Connection[] found = [.. table.All().Where(matches)];
            string lines = Lines(found, invocation);
            table.RemoveWhere(found.Contains);
            return new CommandResult(found.Length == 0 ? 1 : 0, lines, $"{Tool}{found.Length} flow entries have been deleted.\n");
        }

        if (read.Has("-F"))
        {
            table.RemoveWhere(_ => true);
            return new CommandResult(0, string.Empty, $"{Tool}connection tracking table has been emptied.\n");
        }

        return read.Has("-C") ? CommandResult.Output($"{table.All().Count()}\n")
            : read.Has("-S") ? CommandResult.Output(Statistics(table))
            : CommandResult.Failure(2, $"{Tool}You need to supply parameters!");
    }

    private static string Lines(Connection[] connections, CommandInvocation invocation)
    {
        StringBuilder text = new();
        foreach (Connection connection in connections)
        {
            text.Append(ConnectionText.Line(connection, invocation.Namespace.Node.Now)).Append('\n');
        }

        return text.ToString();
    }

    private static string Statistics(ConnectionTable table) => string.Create(
        CultureInfo.InvariantCulture,
        $"cpu=0   \tfound={table.Found} invalid=0 insert=0 insert_failed={table.InsertFailed} drop={table.Refused} early_drop={table.EarlyDropped} error=0 search_restart=0 clash_resolve={table.ClashesResolved} \n");

    private static Func<Connection, bool>? Filter(OptionReader read)
    {
        List<Func<Connection, bool>> conditions = [];
        AddressFamily family = read.Value("-f") is "ipv6" or "6" ? AddressFamily.IPv6 : AddressFamily.IPv4;
        bool anyFamily = read.Has("-D") && !read.Has("-f");
        conditions.Add(c => anyFamily || c.Original.Family == family);
        foreach ((string option, string value) in read.Options)
        {
            Func<Connection, bool>? condition = option switch
            {
                "-p" => OfProtocol(value),
                "-s" => OfAddress(value, c => c.Original.Source),
                "-d" => OfAddress(value, c => c.Original.Destination),
                "-r" => OfAddress(value, c => c.Reply.Source),
                "-q" => OfAddress(value, c => c.Reply.Destination),
                "--sport" => OfPort(value, c => c.Original.SourcePort),
                "--dport" => OfPort(value, c => c.Original.DestinationPort),
                "--state" => c => ConnectionText.StateOf(c).Equals(value, StringComparison.OrdinalIgnoreCase),
                "-m" => OfMark(value),
                "-n" => c => (c.Status & ConnectionStatus.SourceNat) != 0,
                "-g" => c => (c.Status & ConnectionStatus.DestinationNat) != 0,
                _ => static _ => true,
            };
            if (condition is null)
            {
                return null;
            }

            conditions.Add(condition);
        }

        return connection => conditions.TrueForAll(c => c(connection));
    }

    private static Func<Connection, bool>? OfProtocol(string value)
    {
        IPProtocol? protocol = value.ToLowerInvariant() switch
        {
            "tcp" or "6" => IPProtocol.Tcp,
            "udp" or "17" => IPProtocol.Udp,
            "icmp" or "1" => IPProtocol.Icmp,
            "icmpv6" or "58" => IPProtocol.Icmpv6,
            "sctp" or "132" => IPProtocol.Sctp,
            _ => null,
        };
        return protocol is { } known ? c => c.Original.Protocol == known : null;
    }

    private static Func<Connection, bool>? OfAddress(string value, Func<Connection, InternetAddress> which) =>
        InternetPrefix.TryParse(value, out InternetPrefix prefix) ? c => prefix.Contains(which(c)) : null;

    private static Func<Connection, bool>? OfPort(string value, Func<Connection, ushort> which) =>
        ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) ? c => which(c) == port : null;

    private static Func<Connection, bool>? OfMark(string value)
    {
        string[] parts = value.Split('/');
        return TryNumber(parts[0], out uint mark) && (parts.Length == 1 || TryNumber(parts[1], out _))
            ? c => (c.Mark & (parts.Length == 1 ? uint.MaxValue : Number(parts[1]))) == mark
            : null;
    }

    private static uint Number(string text) => TryNumber(text, out uint value) ? value : 0;

    private static bool TryNumber(string text, out uint value) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
