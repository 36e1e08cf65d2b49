using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Probes;

/// <summary>The command line of ping, read as iputils does.</summary>
internal sealed class PingArguments
{
    private const string Version = """
        ping from iputils 20221126
        libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes

        """;

    /// <summary>The words that are no options: the last one is the destination, those before it hops.</summary>
    private readonly List<string> _hops = [];
    private string? _pattern;
    private string? _stamps;
    private bool _records;
    private bool _hasInterval;

    /// <summary>The options that take a value, and those that do not.</summary>
    public const string Table = "-4 -6 -a -A -b -B -d -D -f -L -n -O -q -R -U -v -V -c=COUNT -i=INTERVAL -I=INTERFACE -l=PRELOAD -m=MARK -M=PMTUD -p=PATTERN -Q=TCLASS"
        + " -s=SIZE -S=SIZE -t=TTL -T=TIMESTAMP -w=DEADLINE -W=TIMEOUT";

    public string Host { get; private set; } = string.Empty;

    /// <summary>How many to send; 0 for no end.</summary>
    public long Count { get; private set; }

    /// <summary>The time from one to the next, in whole milliseconds; zero to send as fast as answers come.</summary>
    public Duration Interval { get; private set; } = Duration.FromSeconds(1);

    /// <summary>How many go out at once at first.</summary>
    public int Preload { get; private set; } = 1;

    /// <summary>Whether a dot stands for a packet, and is taken away by its answer.</summary>
    public bool IsFlood { get; private set; }

    /// <summary>Whether the interval follows the round trip.</summary>
    public bool IsAdaptive { get; private set; }

    /// <summary>What is said of -p before all else; null without it.</summary>
    public string? PatternLine { get; private set; }

    /// <summary>How long to wait for the last answer if there was none yet.</summary>
    public Duration Timeout { get; private set; } = Duration.FromSeconds(10);

    /// <summary>When to stop whatever has come; zero for no such limit.</summary>
    public Duration Deadline { get; private set; }

    public bool IsQuiet { get; private set; }

    public bool IsBroadcastAllowed { get; private set; }

    public bool ReportsOutstanding { get; private set; }

    /// <summary>Whether addresses stand for themselves even where a name is known.</summary>
    public bool IsNumeric { get; private set; }

    public bool PrintsTime { get; private set; }

    /// <summary>4, 6, or none.</summary>
    public AddressFamily? Family { get; private set; }

    /// <summary>What was given with -I.</summary>
    public string? Interface { get; private set; }

    public PingOptions Options { get; private set; } = PingOptions.Default;

    /// <summary>Why the arguments are wrong; null if they are not.</summary>
    public CommandResult? Error { get; private set; }

    public static PingArguments Parse(string name, ImmutableArray<string> words, CommandGrammar grammar)
    {
        PingArguments arguments = new();
        if (name == "ping6")
        {
            arguments.Family = AddressFamily.IPv6;
        }

        for (int i = 0; i < words.Length && arguments.Error is null; i++)
        {
            string word = words[i];
            if (word.Length < 2 || word[0] != '-')
            {
                arguments._hops.Add(word);
                continue;
            }

            // Short options may stand together: -qn, -c3.
            for (int j = 1; j < word.Length && arguments.Error is null; j++)
            {
                GrammarWord? known = grammar.Find(string.Empty, $"-{word[j]}");
                if (known is null)
                {
                    arguments.Fail(2, $"invalid option -- '{word[j]}'\n\nUsage\n  ping [options] <destination>");
                }
                else if (!known.TakesArgument)
                {
                    arguments.Switch(word[j]);
                }
                else if (j + 1 < word.Length || i + 1 < words.Length)
                {
                    arguments.Take(word[j], j + 1 < word.Length ? word[(j + 1)..] : words[++i]);
                    break;
                }
                else
                {
                    arguments.Fail(2, $"option requires an argument -- '{word[j]}'");
                }
            }
        }

        arguments.Host = arguments._hops.Count > 0 ? arguments._hops[^1] : string.Empty;
        arguments.TakeHeaderOptions();
        if (arguments.Error is null && arguments.Host.Length == 0)
        {
            arguments.Fail(1, "usage error: Destination address required");
        }

        arguments.Conclude();
        return arguments;
    }

    /// <summary>Finds the device or source of -I.</summary>
    public void ResolveInterface(NetworkNamespace space)
    {
        if (Interface is null)
        {
            return;
        }

        if (InternetAddress.TryParse(Interface, out InternetAddress source))
        {
            bool isOwn = source.IsIPv4 ? space.IPv4.IsLocal(source.IPv4) || source.IPv4.IsLoopback : space.IPv6.IsLocal(source.IPv6);
            Options = Options with { Source = source };
            if (!isOwn)
            {
                Fail(2, "bind: Cannot assign requested address");
            }
        }
        else if (space.FindDevice(Interface) is { } device)
        {
            Options = Options with { Device = device };
        }
        else
        {
            Fail(2, $"SO_BINDTODEVICE {Interface}: No such device");
        }
    }

    /// <summary>What depends on more than one option.</summary>
    private void Conclude()
    {
        if (IsFlood && !_hasInterval)
        {
            Interval = Duration.Zero;
        }

        if (_pattern is null || Error is not null)
        {
            return;
        }

        if (PingPattern.Parse(_pattern, out string rest) is { } pattern)
        {
            Options = Options with { Payload = PingPattern.Fill(pattern, Options.Size) };
            PatternLine = IsQuiet ? null : $"PATTERN: 0x{Convert.ToHexStringLower(pattern.AsSpan())}";
        }
        else
        {
            Fail(2, $"patterns must be specified as hex digits: {rest}");
        }
    }

    /// <summary>-R and -T: the options that every packet carries, empty places in them.</summary>
    private void TakeHeaderOptions()
    {
        if (_stamps is not (null or "tsonly" or "tsandaddr" or "tsprespec"))
        {
            Fail(2, $"invalid timestamp type: {_stamps}");
        }
        else if (_records && _stamps is not null)
        {
            Fail(2, "only one of -T or -R may be used");
        }
        else if (_records)
        {
            Options = Options with { HeaderOptions = [1, 7, 39, 4, .. new byte[36]] };
        }
        else if (_stamps == "tsprespec")
        {
            TakePrespecified();
        }
        else if (_stamps is not null)
        {
            Options = Options with { HeaderOptions = _stamps == "tsonly" ? [68, 40, 5, 0, .. new byte[36]] : [68, 36, 5, 1, .. new byte[36]] };
        }
        else if (_hops.Count > 1)
        {
            Fail(2, "a source route is not supported: Linux drops such packets by default\nhint: one destination is meant; hops stand with -T tsprespec");
        }
    }

    private void TakePrespecified()
    {
        List<byte> option = [68, 0, 5, 3];
        foreach (string hop in _hops.Take(_hops.Count - 1))
        {
            if (!IPv4Address.TryParse(hop, out IPv4Address address) || _hops.Count > 5)
            {
                Fail(2, _hops.Count > 5 ? "too many arguments" : $"unknown host {hop}");
                return;
            }

            byte[] entry = new byte[8];
            address.Write(entry);
            option.AddRange(entry);
        }

        option[1] = (byte)option.Count;
        option.AddRange(new byte[40 - option.Count]);
        Options = Options with { HeaderOptions = [.. option] };
    }

    private void Fail(int exit, string message) => Error ??= CommandResult.Failure(exit, $"ping: {message}");

    private void Switch(char option)
    {
        switch (option)
        {
            case '4':
                Family = AddressFamily.IPv4;
                break;
            case '6':
                Family = AddressFamily.IPv6;
                break;
            case 'A':
                IsAdaptive = true;
                break;
            case 'f':
                IsFlood = true;
                break;
            case 'V':
                Error ??= CommandResult.Output(Version);
                break;
            case 'b':
                IsBroadcastAllowed = true;
                break;
            case 'D':
                PrintsTime = true;
                break;
            case 'O':
                ReportsOutstanding = true;
                break;
            case 'q':
                IsQuiet = true;
                break;
            case 'n':
                IsNumeric = true;
                break;
            case 'R':
                _records = true;
                break;
            default:
                // -a, -d, -U and -v have nothing to add, -B and -L nothing to change.
                break;
        }
    }

    private void Take(char option, string value)
    {
        switch (option)
        {
            case 'c':
                Count = Number(value, 1, long.MaxValue);
                break;
            case 's':
                Options = Options with { Size = (int)Number(value, 0, int.MaxValue) };
                break;
            case 't':
                Options = Options with { Ttl = (byte)Number(value, 0, 255) };
                break;
            case 'Q':
                Options = Options with { TrafficClass = (byte)Number(value, 0, 255) };
                break;
            case 'i':
                Interval = Duration.FromMilliseconds(Seconds(value).Milliseconds);
                _hasInterval = true;
                break;
            case 'l':
                Preload = (int)Number(value, 1, 65536);
                break;
            case 'm':
                Options = Options with { Mark = (uint)Number(value, 0, uint.MaxValue) };
                break;
            case 'p':
                _pattern = value;
                break;
            case 'S':
                // The size of the socket's buffer: nothing here is ever short of it.
                Number(value, 1, int.MaxValue);
                break;
            case 'W':
                Timeout = Seconds(value);
                break;
            case 'w':
                Deadline = Seconds(value);
                break;
            case 'I':
                Interface = value;
                break;
            case 'T':
                _stamps = value;
                break;
            case 'M':
                Options = Options with { Discovery = Discovery(value) };
                break;
            default:
                break;
        }
    }

    private PathMtuDiscovery Discovery(string value)
    {
        switch (value)
        {
            case "do":
                return PathMtuDiscovery.Do;
            case "dont":
                return PathMtuDiscovery.Dont;
            case "want":
                return PathMtuDiscovery.Want;
            case "probe":
                return PathMtuDiscovery.Probe;
            default:
                Fail(2, $"invalid -M argument: {value}");
                return PathMtuDiscovery.Want;
        }
    }

    private long Number(string text, long minimum, long maximum)
    {
        bool isHex = text.StartsWith("0x", StringComparison.Ordinal);
        if (!long.TryParse(
            isHex ? text.AsSpan(2) : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            Fail(1, $"invalid argument: '{text}'");
        }
        else if (value < minimum || value > maximum)
        {
            Fail(1, $"invalid argument: '{text}': out of range: {minimum} <= value <= {maximum}");
            value = minimum;
        }

        return value;
    }

    private Duration Seconds(string text)
    {
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value) || value > 1_000_000)
        {
            Fail(1, $"invalid argument: '{text}'");
            value = 1;
        }

        return Duration.FromNanoseconds((long)(value * 1_000_000_000m));
    }
}
