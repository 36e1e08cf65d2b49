using System.Collections.Immutable;
using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Commands.Applications;

/// <summary>nc of OpenBSD, as Debian has it, in virtual time: connect, listen, scan; TCP and UDP.</summary>
public sealed class NcCommand : IInputReader
{
    public ImmutableArray<string> Names { get; } = ["nc", "netcat"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse("-4 -6 -d -k -l -N -n -u -v -z -p=PORT -q=SECONDS -s=ADDRESS -w=SECONDS");

    public CommandJob Start(CommandInvocation invocation)
    {
        OptionReader read = OptionReader.Read(invocation.Arguments, Grammar);
        if (read.Complaint("nc", Grammar) is { } complaint)
        {
            return Fail($"{complaint}\nusage: nc [-46dklNnuvz] [-p source_port] [-q seconds] [-s sourceaddr] [-w timeout] [destination] [port]");
        }

        bool listens = read.Has("-l");
        string host = read.Operands.Count > (listens ? 1 : 0) ? read.Operands[0] : string.Empty;
        string portText = read.Value("-p") is { } given && listens ? given
            : read.Operands.Count == 0 ? string.Empty : read.Operands[^1];
        if (!listens && read.Operands.Count < 2)
        {
            return Fail("usage: nc [-46dklNnuvz] [-p source_port] [-q seconds] [-s sourceaddr] [-w timeout] [destination] [port]");
        }

        if (!TryPorts(portText, out ushort first, out ushort last))
        {
            return Fail(portText.Length == 0 ? "nc: missing port number" : $"nc: port number invalid: {portText}");
        }

        InternetAddress source = default;
        if (read.Value("-s") is { } address && !InternetAddress.TryParse(address, out source))
        {
            return Fail("nc: getaddrinfo: Name or service not known");
        }

        NcJob job = new(new NcOptions
        {
            Host = host,
            FirstPort = first,
            LastPort = last,
            Listens = listens,
            KeepsListening = read.Has("-k"),
            Udp = read.Has("-u"),
            Scans = read.Has("-z"),
            IsVerbose = read.Has("-v"),
            ShutsDown = read.Has("-N") || read.Has("-q"),
            Source = source,
            SourcePort = !listens && ushort.TryParse(read.Value("-p"), out ushort port) ? port : (ushort)0,
            Timeout = long.TryParse(read.Value("-w"), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
                ? Duration.FromSeconds(seconds)
                : Duration.Zero,
            Family = read.Has("-6") ? AddressFamily.IPv6 : read.Has("-4") ? AddressFamily.IPv4 : null,
            Input = read.Has("-d") ? string.Empty : invocation.Input,
        });
        job.Begin(invocation.Namespace, "nc");
        return job;
    }

    private static bool TryPorts(string text, out ushort first, out ushort last)
    {
        string[] ends = text.Split('-');
        last = 0;
        return ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out first) && ends.Length <= 2
            && ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out last) && last >= first;
    }

    private static CommandJob Fail(string message) => CommandJob.Completed(CommandResult.Failure(1, message));
}
