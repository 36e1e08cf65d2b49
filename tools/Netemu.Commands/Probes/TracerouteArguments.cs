using System.Collections.Immutable;
using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Probes;

/// <summary>The command line of traceroute (Modern traceroute for Linux 2.1.2).</summary>
internal sealed class TracerouteArguments
{
    public const string Table = "-4 -6 -F -I --icmp -n -f=FIRST -i=DEVICE -m=HOPS -N=PROBES -p=PORT -q=QUERIES -s=SOURCE -w=SECONDS";

    public string Host { get; private set; } = string.Empty;

    public InternetAddress Destination { get; private set; }

    /// <summary>4, 6, or none.</summary>
    public AddressFamily? Family { get; private set; }

    /// <summary>The length of packets that was asked for, headers included; 0 for the default.</summary>
    public int PacketLength { get; private set; }

    public bool IsIcmp { get; private set; }

    /// <summary>Addresses once, not as "name (address)".</summary>
    public bool IsNumeric { get; private set; }

    public bool DontFragment { get; private set; }

    public int FirstHop { get; private set; } = 1;

    public int MaximumHops { get; private set; } = 30;

    public int Queries { get; private set; } = 3;

    /// <summary>How many probes are under way at once.</summary>
    public int Simultaneous { get; private set; } = 16;

    public int Port { get; private set; } = 33434;

    public Duration Wait { get; private set; } = Duration.FromSeconds(5);

    public InternetAddress Source { get; private set; }

    public NetDevice? Device { get; private set; }

    public CommandResult? Error { get; private set; }

    public static TracerouteArguments Parse(NetworkNamespace space, ImmutableArray<string> words, CommandGrammar grammar)
    {
        TracerouteArguments arguments = new();
        AddressFamily? family = null;
        for (int i = 0; i < words.Length && arguments.Error is null; i++)
        {
            string word = words[i];
            if (word.Length < 2 || word[0] != '-')
            {
                if (arguments.Host.Length > 0)
                {
                    // The length of the whole packet, as its second argument says.
                    if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > 65_000)
                    {
                        arguments.Error = CommandResult.Failure(2, $"Cannot handle \"packetlen\" cmdline arg `{word}' on position 2 (argc {i + 1})");
                    }

                    arguments.PacketLength = length;
                    continue;
                }

                arguments.Host = word;
                continue;
            }

            // A value may stand in the same word: -q1.
            bool isJoined = word.Length > 2 && grammar.Find(string.Empty, word) is null;
            string option = isJoined ? word[..2] : word;
            GrammarWord? known = grammar.Find(string.Empty, option);
            if (known is null || (isJoined && !known.TakesArgument) || (known.TakesArgument && !isJoined && i + 1 >= words.Length))
            {
                arguments.Error = CommandResult.Failure(2, $"Bad option `{word}' (argc {i + 1}){grammar.Hint(string.Empty, word)}");
                break;
            }

            family = option switch { "-4" => AddressFamily.IPv4, "-6" => AddressFamily.IPv6, _ => family };
            arguments.Apply(space, option, !known.TakesArgument ? string.Empty : isJoined ? word[2..] : words[++i]);
        }

        arguments.Family = family;
        if (arguments.Error is null && arguments.Host.Length == 0)
        {
            arguments.Error = CommandResult.Failure(2, "Specify \"host\" missing argument.");
        }

        return arguments;
    }

    /// <summary>Takes the address of the host; an error if it has none of the family that was asked for.</summary>
    public void Resolve(NetworkNamespace space, InternetAddress destination)
    {
        Destination = destination;
        if (destination.IsNone || (Family is not null && Family != destination.Family))
        {
            Error = CommandResult.Failure(
                2, $"{Host}: {HostLookup.Failure(space)}\nCannot handle \"host\" cmdline arg `{Host}' on position 1 (argc 1)");
        }
    }

    private void Apply(NetworkNamespace space, string option, string value)
    {
        switch (option)
        {
            case "-I" or "--icmp":
                IsIcmp = true;
                break;
            case "-n":
                IsNumeric = true;
                break;
            case "-F":
                DontFragment = true;
                break;
            case "-f":
                FirstHop = Number(option, value, 1, 255);
                break;
            case "-m":
                MaximumHops = Number(option, value, 1, 255);
                break;
            case "-q":
                Queries = Number(option, value, 1, 10);
                break;
            case "-N":
                Simultaneous = Number(option, value, 1, 1000);
                break;
            case "-p":
                Port = Number(option, value, 1, 65535);
                break;
            case "-w":
                if (!decimal.TryParse(value.Split(',')[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) || seconds > 3600)
                {
                    Bad(option, value);
                }

                Wait = Duration.FromNanoseconds((long)(seconds * 1_000_000_000m));
                break;
            case "-s":
                if (!InternetAddress.TryParse(value, out InternetAddress source))
                {
                    Bad(option, value);
                }

                Source = source;
                break;
            case "-i":
                Device = space.FindDevice(value);
                if (Device is null)
                {
                    Error = CommandResult.Failure(1, "setsockopt SO_BINDTODEVICE: No such device");
                }

                break;
            default:
                break;
        }
    }

    private int Number(string option, string text, int minimum, int maximum)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value < minimum || value > maximum)
        {
            Bad(option, text);
            return minimum;
        }

        return value;
    }

    private void Bad(string option, string value) =>
        Error ??= CommandResult.Failure(2, $"Cannot handle `{option}' option with arg `{value}' (argc 1)");
}
