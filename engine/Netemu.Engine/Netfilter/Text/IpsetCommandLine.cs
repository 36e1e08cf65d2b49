using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Sets;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>ipset's command line on the sets of a namespace, in the words of ipset 7.17.</summary>
public static partial class IpsetCommandLine
{
    private const string Version = "ipset v7.17: ";

    /// <summary>IPSET_MAX_TIMEOUT, in seconds: the kernel counts in milliseconds, in 31 bits.</summary>
    private const int LongestTimeout = int.MaxValue / 1000;

    /// <summary>The commands that it knows, by their words; each has the short options of old beside it.</summary>
    public static ImmutableArray<string> Words { get; } =
        ["create", "add", "del", "test", "destroy", "list", "save", "restore", "flush", "rename", "swap", "version"];

    /// <summary>Runs one command; <paramref name="input"/> is what `restore` reads.</summary>
    public static IptablesResult Run(SetTable sets, IReadOnlyList<string> arguments, string input)
    {
        List<string> words = [.. arguments];
        bool exist = words.RemoveAll(w => w is "-exist" or "-!" or "--exist") > 0;
        bool quiet = words.RemoveAll(w => w is "-q" or "-quiet" or "--quiet") > 0;
        Listing listing = Listing.Take(words);
        if (words.Count == 0)
        {
            return Misused("No command specified.", 1);
        }

        string verb = Expand(words[0]);
        words.RemoveAt(0);
        IptablesResult result = listing.Fault is { } fault ? Fail(fault)
            : verb == "restore" ? Restore(sets, input, exist)
            : Single(sets, verb, words, exist, listing);
        return quiet && result.ExitCode != 0 ? new IptablesResult(result.ExitCode, result.Output, string.Empty) : result;
    }

    private static IptablesResult Single(SetTable sets, string verb, List<string> words, bool exist, Listing listing = default)
    {
        switch (verb)
        {
            case "list":
                return Show(sets, words.FirstOrDefault(), name => listing.Names
                    ? string.Concat(sets.All.Where(s => name is null || s.Name == name).Select(s => s.Name + "\n"))
                    : listing.Format switch
                    {
                        "save" => SetText.Save(sets, name),
                        "xml" => SetText.Xml(sets, name),
                        _ => WithoutMembers(SetText.List(sets, name), listing.Terse),
                    });
            case "save":
                return Show(sets, words.FirstOrDefault(), name => listing.Format == "xml" ? SetText.Xml(sets, name) : SetText.Save(sets, name));
            case "version":
                return Done("ipset v7.17, protocol version: 7\n");
            case "create" when words.Count >= 2:
                return Create(sets, words, exist);
            case "add" or "del" or "test" when words.Count >= 2:
                return Member(sets, verb, words, exist);
            case "destroy" or "flush":
                return ForEach(sets, verb, words.FirstOrDefault());
            case "rename" or "swap" when words.Count == 2:
                return Told(
                    verb == "rename" ? sets.Rename(words[0], words[1]) : sets.Swap(words[0], words[1]),
                    verb == "rename" ? "Set cannot be renamed" : "The sets cannot be swapped");
            case "create" or "add" or "del" or "test" or "rename" or "swap":
                return Misused($"Missing {(words.Count == 0 ? string.Empty : "second ")}mandatory argument to command {verb}");
            default:
                return Misused($"No command specified: unknown argument {verb}", 1);
        }
    }

    private static IptablesResult Restore(SetTable sets, string input, bool exist)
    {
        int number = 0;
        foreach (string line in input.Split('\n'))
        {
            number++;
            List<string> words = [.. CommandLine.Split(line)];
            if (words.Count == 0 || words[0].StartsWith('#') || words[0] == "COMMIT")
            {
                continue;
            }

            bool exists = exist | words.RemoveAll(w => w is "-exist" or "-!") > 0;
            IptablesResult result = Single(sets, Expand(words[0]), words[1..], exists);
            if (result.ExitCode != 0)
            {
                string why = result.Error.StartsWith(Version, StringComparison.Ordinal) ? result.Error[Version.Length..] : result.Error;
                return new IptablesResult(1, string.Empty, $"{Version}Error in line {number}: {why}");
            }
        }

        return Done(string.Empty);
    }

    private static IptablesResult Create(SetTable sets, List<string> words, bool exist)
    {
        if (!SetText.TryParseType(words[1], out SetType type))
        {
            return Fail($"Syntax error: unknown settype {words[1]}\nhint: known are hash:ip, hash:net, hash:ip,port, hash:net,port, hash:ip,port,ip, hash:net,net and list:set");
        }

        AddressFamily family = AddressFamily.IPv4;
        int maximum = 65_536;
        int? timeout = null;
        bool counters = false;
        bool comments = false;
        for (int i = 2; i < words.Count; i++)
        {
            string value = i + 1 < words.Count ? words[i + 1] : string.Empty;
            switch (words[i])
            {
                case "family" or "-f":
                    family = value is "inet6" or "ipv6" ? AddressFamily.IPv6 : AddressFamily.IPv4;
                    i++;
                    break;
                case "maxelem":
                    maximum = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int read) ? read : maximum;
                    i++;
                    break;
                case "timeout" when type != SetType.ListSet:
                    if (TakeTimeout(words, ref i, ref timeout) is { } refused)
                    {
                        return refused;
                    }

                    break;
                case "counters":
                    counters = true;
                    break;
                case "comment":
                    comments = true;
                    break;
                case "hashsize" or "bucketsize" or "initval" or "size":
                    // How the kernel lays the table out; nothing that can be seen follows from it.
                    i++;
                    break;
                default:
                    return Misused($"Unknown argument: `{words[i]}'");
            }
        }

        SetError error = sets.Create(words[0], type, family, out IPSet _, maximum, timeout, counters, comments);
        if (error != SetError.Exists)
        {
            return Done(string.Empty);
        }

        IPSet old = sets.Find(words[0])!;
        return exist && (old.Type, old.Family, old.Timeout, old.HasCounters, old.HasComments) == (type, family, timeout, counters, comments)
            ? Done(string.Empty)
            : Fail("Set cannot be created: set with the same name already exists");
    }

    /// <summary>Takes the value of "timeout", in seconds; what is wrong with it, or null.</summary>
    private static IptablesResult? TakeTimeout(List<string> words, ref int i, ref int? timeout)
    {
        if (timeout is not null)
        {
            return Fail("Syntax error: timeout already specified");
        }

        if (++i == words.Count)
        {
            return Misused("Missing mandatory argument of option `timeout'");
        }

        if (!long.TryParse(words[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds))
        {
            return Fail($"Syntax error: '{words[i]}' is invalid as number");
        }

        timeout = (int)Math.Clamp(seconds, 0, LongestTimeout);
        return seconds == timeout ? null : Fail($"Syntax error: '{words[i]}' is out of range 0-{LongestTimeout}");
    }

    private static IptablesResult ForEach(SetTable sets, string verb, string? name)
    {
        if (name is not null && sets.Find(name) is null)
        {
            return Fail("The set with the given name does not exist");
        }

        foreach (IPSet set in sets.All.Where(s => name is null || s.Name == name).ToArray())
        {
            if (verb == "flush")
            {
                set.Clear();
            }
            else if (sets.Destroy(set.Name) == SetError.InUse)
            {
                return Fail("Set cannot be destroyed: it is in use by a kernel component");
            }
        }

        return Done(string.Empty);
    }

    private static IptablesResult Show(SetTable sets, string? name, Func<string?, string> show) =>
        name is not null && sets.Find(name) is null ? Fail("The set with the given name does not exist") : Done(show(name));

    private static string WithoutMembers(string list, bool terse)
    {
        if (!terse)
        {
            return list;
        }

        StringBuilder text = new();
        bool members = false;
        foreach (string line in list.Split('\n'))
        {
            members = line == "Members:" || (members && line.Length > 0);
            if (!members)
            {
                text.Append(line).Append('\n');
            }
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>A range of IPv4 addresses, or a network, in a set of addresses stands for each of them.</summary>
    private static IEnumerable<string> Expand(IPSet set, string text)
    {
        string[] ends = text.Split('-');
        if (InternetPrefix.TryParse(text, out InternetPrefix network) && network is { IsIPv4: true, Length: > 15 and < 32 })
        {
            ends = [$"{network.Address}", $"{new IPv4Address(network.Address.IPv4.Value | (uint.MaxValue >> network.Length))}"];
        }

        if (set.Type != SetType.HashIP || ends.Length != 2 || !IPv4Address.TryParse(ends[0], out IPv4Address first)
            || !IPv4Address.TryParse(ends[1], out IPv4Address last) || last.Value < first.Value || last.Value - first.Value > 65_535)
        {
            yield return text;
            yield break;
        }

        for (uint value = first.Value; value <= last.Value; value++)
        {
            yield return new IPv4Address(value).ToString();
        }
    }

    private static string Refusal(string verb, SetError error) => (verb, error) switch
    {
        ("add", SetError.Exists) => "Element cannot be added to the set: it's already added",
        ("del", SetError.NotFound) => "Element cannot be deleted from the set: it's not added",
        (_, SetError.Full) => "Hash is full, cannot add more elements",
        (_, SetError.ZeroPrefix) => "The value of the CIDR parameter of the IP address is invalid",
        (_, SetError.NotFound) => "Set to be added/deleted/tested as element does not exist.",
        _ => "Syntax error: the element does not fit the set",
    };

    private static IptablesResult Told(SetError error, string what) => error switch
    {
        SetError.None => Done(string.Empty),
        SetError.NotFound => Fail("The set with the given name does not exist"),
        SetError.Exists => Fail($"{what}: a set with the new name already exists"),
        SetError.InUse => Fail($"{what}: it is in use by another system"),
        _ => Fail($"{what}: their type does not match"),
    };

    private static string Expand(string verb) => verb switch
    {
        "-N" or "--create" or "n" => "create",
        "-A" or "--add" => "add",
        "-D" or "--del" => "del",
        "-T" or "--test" => "test",
        "-X" or "--destroy" or "x" => "destroy",
        "-L" or "--list" => "list",
        "-S" or "--save" => "save",
        "-R" or "--restore" => "restore",
        "-F" or "--flush" => "flush",
        "-E" or "--rename" => "rename",
        "-W" or "--swap" => "swap",
        "-v" or "--version" => "version",
        _ => verb,
    };

    private static IptablesResult Misused(string message, int code = 2) => new(code, string.Empty, $"{Version}{message}\nTry `ipset help' for more information.\n");

    private static IptablesResult Done(string output) => new(0, output, string.Empty);

    private static IptablesResult Fail(string message) => new(1, string.Empty, $"{Version}{message}\n");
}
