using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Programs.Iperf3;

namespace Netemu.Commands.Applications;

/// <summary>iperf3 3.12 in virtual time: client and server, TCP and UDP, -R, -P, text or -J.</summary>
public sealed class Iperf3Command : ICommand
{
    private static readonly ImmutableArray<KeyValuePair<string, string>> Long =
    [
        new("--client", "-c"), new("--server", "-s"), new("--port", "-p"), new("--udp", "-u"), new("--reverse", "-R"),
        new("--parallel", "-P"), new("--time", "-t"), new("--bytes", "-n"), new("--blockcount", "-k"), new("--length", "-l"),
        new("--bitrate", "-b"), new("--bandwidth", "-b"), new("--interval", "-i"), new("--json", "-J"), new("--no-delay", "-N"),
        new("--congestion", "-C"), new("--bind", "-B"), new("--tos", "-S"), new("--one-off", "-1"), new("--daemon", "-D"),
        new("--version4", "-4"), new("--version6", "-6"), new("--format", "-f"),
    ];

    public ImmutableArray<string> Names { get; } = ["iperf3"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(
        "-c=HOST -s -p=PORT -u -R -P=COUNT -t=SECONDS -n=BYTES -k=BLOCKS -l=LENGTH -b=RATE -i=SECONDS -J -N -C=ALGORITHM -B=ADDRESS -S=TOS -1 -D -4 -6 -f=FORMAT "
        + "--client=HOST --server --port=PORT --udp --reverse --parallel=COUNT --time=SECONDS --bytes=BYTES --blockcount=BLOCKS --length=LENGTH --bitrate=RATE "
        + "--bandwidth=RATE --interval=SECONDS --json --no-delay --congestion=ALGORITHM --bind=ADDRESS --tos=TOS --one-off --daemon --version4 --version6 --format=FORMAT");

    public CommandJob Start(CommandInvocation invocation)
    {
        OptionReader read = OptionReader.Read(invocation.Arguments, Grammar, new Dictionary<string, string>(Long));
        if (read.Complaint("iperf3", Grammar) is { } complaint)
        {
            return Fail($"{complaint}\nUsage: iperf3 [-s|-c host] [options]\nTry `iperf3 --help' for more information.");
        }

        if (read.Has("-s") == read.Has("-c"))
        {
            return Fail(read.Has("-s")
                ? "iperf3: parameter error - cannot be both server and client"
                : "iperf3: parameter error - must either be a client (-c) or server (-s)");
        }

        InternetAddress bind = default;
        if (read.Value("-B") is { } address && !InternetAddress.TryParse(address, out bind))
        {
            return Fail("iperf3: error - unable to resolve the address to bind");
        }

        ushort port = ushort.TryParse(read.Value("-p"), out ushort given) ? given : Iperf3Server.WellKnownPort;
        if (read.Has("-s"))
        {
            Iperf3ServerJob server = new(bind, port, read.Has("-1"));
            server.Begin(invocation.Namespace, "iperf3");

            // -D: the server stays, the command ends; the process is the namespace's, not the shell's.
            return read.Has("-D") && !server.IsCompleted ? CommandJob.Completed(CommandResult.Success) : server;
        }

        Iperf3Settings settings = SettingsOf(read, bind, port);
        if (settings.Parallel is < 1 or > 128)
        {
            return Fail("iperf3: parameter error - number of parallel streams too large (maximum = 128)");
        }

        Iperf3ClientJob client = new(settings, read.Has("-J"), read.Has("-6") ? AddressFamily.IPv6 : read.Has("-4") ? AddressFamily.IPv4 : null);
        client.Begin(invocation.Namespace, "iperf3");
        return client;
    }

    private static Iperf3Settings SettingsOf(OptionReader read, InternetAddress bind, ushort port)
    {
        long bytes = Quantity(read.Value("-n"), 1024);
        long blocks = Quantity(read.Value("-k"), 1024);
        return new Iperf3Settings
        {
            Host = read.Value("-c")!,
            Port = port,
            Udp = read.Has("-u"),
            Reverse = read.Has("-R"),
            Parallel = (int)Math.Max(Quantity(read.Value("-P"), 1000), read.Has("-P") ? 0 : 1),
            Time = bytes > 0 || blocks > 0 ? Duration.Zero : Seconds(read.Value("-t"), Duration.FromSeconds(10)),
            Bytes = bytes,
            Blocks = blocks,
            Length = (int)Math.Min(Quantity(read.Value("-l"), 1024), 1 << 20),
            Bitrate = read.Has("-b") ? Quantity(read.Value("-b"), 1000) : read.Has("-u") ? Iperf3Settings.DefaultDatagramBitrate : 0,
            Interval = Seconds(read.Value("-i"), Duration.FromSeconds(1)),
            NoDelay = read.Has("-N"),
            Congestion = read.Value("-C") ?? string.Empty,
            Bind = bind,
            TypeOfService = (byte)Quantity(read.Value("-S"), 1000),
        };
    }

    /// <summary>A number with K, M, G or T behind it; 0 where it is missing or none (unit_atoi).</summary>
    private static long Quantity(string? text, long step)
    {
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex) ? hex : 0;
        }

        int power = char.ToUpperInvariant(text[^1]) switch { 'K' => 1, 'M' => 2, 'G' => 3, 'T' => 4, _ => 0 };
        string digits = power == 0 ? text : text[..^1];
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value))
        {
            return 0;
        }

        for (; power > 0; power--)
        {
            value *= step;
        }

        return value > long.MaxValue ? 0 : (long)value;
    }

    private static Duration Seconds(string? text, Duration otherwise) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) && seconds is >= 0 and <= 86_400
            ? Duration.FromNanoseconds((long)(seconds * 1_000_000_000))
            : otherwise;

    private static CommandJob Fail(string message) => CommandJob.Completed(CommandResult.Failure(1, message));
}
