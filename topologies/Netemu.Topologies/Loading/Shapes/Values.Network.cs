using System;
using System.Globalization;
using System.Text.Json.Nodes;
using Netemu.Core.Addresses;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>Addresses, prefixes, ports and the other words of networks.</summary>
internal static partial class Values
{
    public static Value<MacAddress> Mac { get; } = new ScalarValue<MacAddress>(
        "a MAC address", ParseMac, static () => Pattern("^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$", orNumber: false));

    /// <summary>The address of a device: no group's (is_valid_ether_addr).</summary>
    public static Value<MacAddress> DeviceMac { get; } = new ScalarValue<MacAddress>(
        "the MAC address of a device",
        static (string text, out MacAddress value) => ParseMac(text, out value) is { } fault ? fault
            : value.IsMulticast ? new ScalarFault(LoaderCode.OutOfRange, "its first octet is odd, as that of a group: begin with 02")
            : value.IsZero ? new ScalarFault(LoaderCode.OutOfRange, "all zeros are no address: begin with 02")
            : null,
        static () => Pattern("^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$", orNumber: false));

    public static Value<InternetAddress> Address { get; } = new ScalarValue<InternetAddress>(
        "an IP address", ParseAddress, static () => Pattern("^[0-9.]+$|^[0-9a-fA-F:.]+$", orNumber: false));

    public static Value<IPv4Address> IPv4 { get; } = new ScalarValue<IPv4Address>(
        "an IPv4 address",
        static (string text, out IPv4Address value) =>
        {
            ScalarFault? fault = ParseAddress(text, out InternetAddress address);
            value = address.IsIPv4 ? address.IPv4 : default;
            return fault ?? (address.IsIPv4 ? null : ScalarFault.Plain);
        },
        static () => Pattern("^[0-9.]+$", orNumber: false));

    public static Value<InterfaceAddressSpec> InterfaceAddress { get; } = new ScalarValue<InterfaceAddressSpec>(
        "an address with its prefix length such as 10.0.0.1/24",
        ParseInterfaceAddress,
        static () => Pattern("^[0-9a-fA-F:.]+/[0-9]+$", orNumber: false));

    public static Value<InternetPrefix> Prefix { get; } = new ScalarValue<InternetPrefix>(
        "a prefix such as 10.0.0.0/24", ParsePrefix, static () => Pattern("^[0-9a-fA-F:.]+(/[0-9]+)?$", orNumber: false));

    public static Value<int> Port { get; } = Integer(1, 65_535, "a port");

    public static Value<PortRange> PortRange { get; } = new ScalarValue<PortRange>(
        "a port, or a range of ports such as 1000-1999", ParsePortRange, static () => Pattern("^[0-9]+(-[0-9]+)?$", orNumber: true));

    public static Value<int> Ttl { get; } = Integer(0, 255, "a TTL");

    public static Value<uint> Asn { get; } = new ScalarValue<uint>(
        "an AS number from 1 to 4294967295", ParseAsn, static () => Pattern("^[0-9]+([.][0-9]+)?$", orNumber: true));

    /// <summary>A routing table by number or by its name in rt_tables.</summary>
    public static Value<uint> Table { get; } = new ScalarValue<uint>(
        "a table: a number, main, local or default", ParseTable, static () => Pattern("^([0-9]+|main|local|default)$", orNumber: true));

    /// <summary>An IP protocol by number or name.</summary>
    public static Value<int> Protocol { get; } = new ScalarValue<int>(
        "a protocol: a number, tcp, udp, icmp, icmpv6, sctp, udplite, gre, esp, ah or ipip",
        ParseProtocol,
        static () => Pattern("^([0-9]+|[a-zA-Z0-9]+)$", orNumber: true));

    public static Value<AddressFamily> Family { get; } = Word("4 or 6", ("4", AddressFamily.IPv4), ("6", AddressFamily.IPv6)) is { } word
        ? new CustomValue<AddressFamily>(word.TryBind, static _ => new JsonObject { ["enum"] = new JsonArray(4, 6, "4", "6") })
        : null!;

    public static Value<ReadOnlyMemory<byte>> HexBytes { get; } = new ScalarValue<ReadOnlyMemory<byte>>(
        "a frame in hexadecimal digits", ParseHex, static () => Pattern("^[0-9a-fA-F :\\n]*$", orNumber: true));

    /// <summary>A mark with an optional mask: 0x10/0xff.</summary>
    public static Value<(uint Mark, uint Mask)> Mark { get; } = new ScalarValue<(uint Mark, uint Mask)>(
        "a mark such as 0x10 or 0x10/0xff", ParseMark, static () => Pattern("^[0-9a-fxA-FX]+(/[0-9a-fxA-FX]+)?$", orNumber: true));

    internal static ScalarFault? ParseAddress(string text, out InternetAddress value)
    {
        value = default;
        if (!Arithmetic.TrySplit(text, out ReadOnlySpan<char> start, out long offset)
            || !InternetAddress.TryParse(start, out InternetAddress first))
        {
            return InternetPrefix.TryParse(text, out _) ? ScalarFault.WithHint("an address without a prefix length is needed") : ScalarFault.Plain;
        }

        return TryAdd(first, offset, out value) ? null : new ScalarFault(LoaderCode.OutOfRange, "the sum leaves the address space");
    }

    private static bool TryAdd(InternetAddress address, long offset, out InternetAddress sum)
    {
        sum = address.IsIPv4 ? address.IPv4.Add(offset) : address.IPv6.Add(offset);
        return !address.IsIPv4 || address.IPv4.Value + (Int128)offset is var exact && exact >= 0 && exact <= uint.MaxValue;
    }

    private static ScalarFault? ParseInterfaceAddress(string text, out InterfaceAddressSpec value)
    {
        value = default;
        if (!Arithmetic.TrySplit(text, out ReadOnlySpan<char> start, out long offset))
        {
            return ScalarFault.Plain;
        }

        int slash = start.IndexOf('/');
        if (slash < 0)
        {
            return InternetAddress.TryParse(start, out InternetAddress bare)
                ? ScalarFault.WithHint($"add the prefix length: {start}/{(bare.IsIPv4 ? 24 : 64)}")
                : ScalarFault.Plain;
        }

        if (!InternetAddress.TryParse(start[..slash], out InternetAddress address)
            || !int.TryParse(start[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > (address.IsIPv4 ? 32 : 128))
        {
            return ScalarFault.Plain;
        }

        if (!TryAdd(address, offset, out InternetAddress sum))
        {
            return new ScalarFault(LoaderCode.OutOfRange, "the sum leaves the address space");
        }

        value = new InterfaceAddressSpec(sum, length);
        return null;
    }

    internal static ScalarFault? ParsePrefix(string text, out InternetPrefix value)
    {
        value = default;
        if (!Arithmetic.TrySplit(text, out ReadOnlySpan<char> start, out long offset)
            || !InternetPrefix.TryParse(start, out InternetPrefix prefix)
            || !TryAdd(prefix.Address, offset, out InternetAddress sum))
        {
            return ScalarFault.Plain;
        }

        value = new InternetPrefix(sum, prefix.Length);
        return null;
    }

    private static ScalarFault? ParseMac(string text, out MacAddress value)
    {
        value = default;
        if (!Arithmetic.TrySplit(text, out ReadOnlySpan<char> start, out long offset) || !MacAddress.TryParse(start, out MacAddress first))
        {
            // 02:00:00:00:00:11 unquoted is a base-60 number to YAML 1.1 parsers, but text to this one.
            return ScalarFault.WithHint("write six pairs of hexadecimal digits: \"02:00:00:00:00:11\"");
        }

        value = new MacAddress((first.Value + (ulong)offset) & MacAddress.Broadcast.Value);
        return null;
    }

    private static ScalarFault? ParsePortRange(string text, out PortRange value)
    {
        value = default;
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        string low = dash < 0 ? text : text[..dash];
        string high = dash < 0 ? text : text[(dash + 1)..];
        if (!ushort.TryParse(low, NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            || !ushort.TryParse(high, NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            || first == 0 || last < first)
        {
            return ScalarFault.Plain;
        }

        value = new PortRange(first, last);
        return null;
    }

    internal static ScalarFault? ParseAsn(string text, out uint value)
    {
        // RFC 5396: asplain, or asdot with two 16-bit halves.
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0
            && ushort.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out ushort high)
            && ushort.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort low))
        {
            value = ((uint)high << 16) | low;
            return value == 0 ? ScalarFault.Plain : null;
        }

        ScalarFault? fault = ParseInteger(text, 1, uint.MaxValue, out long number);
        value = (uint)number;
        return fault;
    }

    private static ScalarFault? ParseTable(string text, out uint value)
    {
        (ScalarFault? fault, value) = text switch
        {
            "default" => (null, 253u),
            "main" => (null, 254u),
            "local" => (null, 255u),
            _ => (ParseInteger(text, 1, uint.MaxValue, out long number), (uint)number),
        };
        return fault;
    }

    private static ScalarFault? ParseProtocol(string text, out int value)
    {
        int? known = text.ToLowerInvariant() switch
        {
            "icmp" => 1,
            "igmp" => 2,
            "ipip" => 4,
            "tcp" => 6,
            "udp" => 17,
            "gre" => 47,
            "esp" => 50,
            "ah" => 51,
            "icmpv6" or "ipv6-icmp" => 58,
            "ospf" => 89,
            "sctp" => 132,
            "udplite" => 136,
            _ => null,
        };
        if (known is { } number)
        {
            value = number;
            return null;
        }

        ScalarFault? fault = ParseInteger(text, 0, 255, out long parsed);
        value = (int)parsed;
        return fault;
    }

    private static ScalarFault? ParseHex(string text, out ReadOnlyMemory<byte> value)
    {
        string digits = text.Replace(" ", string.Empty, StringComparison.Ordinal)
            .Replace(":", string.Empty, StringComparison.Ordinal)
            .ReplaceLineEndings(string.Empty);
        value = default;
        if (digits.Length == 0 || digits.Length % 2 != 0)
        {
            return ScalarFault.WithHint("two digits make a byte; spaces and colons between bytes are ignored");
        }

        foreach (char digit in digits)
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                return ScalarFault.WithHint($"'{digit}' is no hexadecimal digit");
            }
        }

        value = Convert.FromHexString(digits);
        return null;
    }

    private static ScalarFault? ParseMark(string text, out (uint Mark, uint Mask) value)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        long mask = uint.MaxValue;
        ScalarFault? fault = ParseInteger(slash < 0 ? text : text[..slash], 0, uint.MaxValue, out long mark)
            ?? (slash < 0 ? null : ParseInteger(text[(slash + 1)..], 0, uint.MaxValue, out mask));
        value = ((uint)mark, (uint)mask);
        return fault;
    }
}
