using System;
using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices.Tunnels;

namespace Netemu.Commands.Ip;

/// <summary>Words that all tunnels have, for `ip link add` and `ip tunnel` alike.</summary>
internal static class TunnelWords
{
    public static uint Number(IpArguments arguments, string text, string complaint)
    {
        bool parsed = text.StartsWith("0x", StringComparison.Ordinal)
            ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (!parsed)
        {
            arguments.Invalid(text, complaint);
        }

        return value;
    }

    /// <summary>A type of service: a number in hexadecimal as iproute2 reads it, or inherit.</summary>
    public static byte Tos(IpArguments arguments)
    {
        string text = arguments.Value();
        if (text == "inherit")
        {
            return 1;
        }

        ReadOnlySpan<char> digits = text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text;
        if (!byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
        {
            arguments.Invalid(text, "bad TOS value");
        }

        return value;
    }

    /// <summary>
    /// Takes a word that `ip link add type ipip|gre|gretap|sit` and `ip tunnel add` share; null if it is none.
    /// </summary>
    public static IPTunnelOptions? Take(IPTunnelOptions options, string word, IpArguments arguments)
    {
        switch (word)
        {
            case "remote":
                return options with { Remote = Address(arguments) };
            case "local":
                return options with { Local = Address(arguments) };
            case "dev":
                return options with { Link = arguments.Device() };
            case "ttl" or "hoplimit" or "hlim":
                string ttl = arguments.Value();
                uint value = ttl == "inherit" ? 0 : Number(arguments, ttl, "invalid TTL\n");
                if (value > 255)
                {
                    arguments.Invalid(ttl, "invalid TTL\n");
                }

                return options with { Ttl = (byte)value };
            case "tos" or "tclass" or "dsfield":
                return options with { TypeOfService = Tos(arguments) };
            case "pmtudisc" or "nopmtudisc":
                return options with { PathMtuDiscovery = word == "pmtudisc" };
            case "ignore-df" or "noignore-df":
                return options with { IgnoreDontFragment = word == "ignore-df" };
            case "fwmark":
                return options with { Mark = arguments.Number("invalid fwmark\n") };
            case "key":
                uint key = Key(arguments, word);
                return options with { InputKey = key, OutputKey = key };
            case "nokey":
                return options with { InputKey = null, OutputKey = null };
            case "ikey":
                return options with { InputKey = Key(arguments, word) };
            case "okey":
                return options with { OutputKey = Key(arguments, word) };
            case "noikey":
                return options with { InputKey = null };
            case "nookey":
                return options with { OutputKey = null };
            case "seq" or "noseq":
                return options with { InputSequence = word == "seq", OutputSequence = word == "seq" };
            case "iseq" or "noiseq":
                return options with { InputSequence = word == "iseq" };
            case "oseq" or "nooseq":
                return options with { OutputSequence = word == "oseq" };
            case "csum" or "nocsum":
                return options with { InputChecksum = word == "csum", OutputChecksum = word == "csum" };
            case "icsum" or "noicsum":
                return options with { InputChecksum = word == "icsum" };
            case "ocsum" or "noocsum":
                return options with { OutputChecksum = word == "ocsum" };
            default:
                return null;
        }
    }

    private static IPv4Address Address(IpArguments arguments)
    {
        if (!arguments.AtEnd && arguments.Peek == "any")
        {
            arguments.Take();
            return default;
        }

        return arguments.Address<IPv4Address>();
    }

    /// <summary>A GRE key: a number, or written as an IPv4 address.</summary>
    private static uint Key(IpArguments arguments, string word)
    {
        string text = arguments.Value();
        if (IPv4Address.TryParse(text, out IPv4Address dotted))
        {
            return dotted.Value;
        }

        if (!uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint key))
        {
            arguments.Fail(255, $"invalid value for \"{word}\": \"{text}\"; it should be an unsigned integer");
        }

        return key;
    }
}
