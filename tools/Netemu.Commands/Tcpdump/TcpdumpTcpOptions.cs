using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;

namespace Netemu.Commands.Tcpdump;

/// <summary>TCP options in tcpdump's words.</summary>
internal static class TcpdumpTcpOptions
{
    public static string Describe(ReadOnlySpan<byte> bytes)
    {
        List<string> words = [];
        while (bytes.Length > 0)
        {
            byte kind = bytes[0];
            if (kind <= 1)
            {
                words.Add(kind == 0 ? "eol" : "nop");
                bytes = kind == 0 ? [] : bytes[1..];
                continue;
            }

            if (bytes.Length < 2 || bytes[1] < 2 || bytes[1] > bytes.Length)
            {
                words.Add("[bad opt]");
                break;
            }

            words.Add(One(kind, bytes[2..bytes[1]]));
            bytes = bytes[bytes[1]..];
        }

        return string.Join(',', words);
    }

    private static string One(byte kind, ReadOnlySpan<byte> data) => kind switch
    {
        2 when data.Length == 2 => $"mss {BinaryPrimitives.ReadUInt16BigEndian(data)}",
        3 when data.Length == 1 => $"wscale {data[0]}",
        4 => "sackOK",
        5 => Sack(data),
        8 when data.Length == 8 => string.Create(
            CultureInfo.InvariantCulture,
            $"TS val {BinaryPrimitives.ReadUInt32BigEndian(data)} ecr {BinaryPrimitives.ReadUInt32BigEndian(data[4..])}"),
        19 => $"md5 {Convert.ToHexStringLower(data)}",
        _ => $"unknown-{kind}",
    };

    private static string Sack(ReadOnlySpan<byte> data)
    {
        List<string> blocks = [];
        for (; data.Length >= 8; data = data[8..])
        {
            blocks.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{{{BinaryPrimitives.ReadUInt32BigEndian(data)}:{BinaryPrimitives.ReadUInt32BigEndian(data[4..])}}}"));
        }

        return $"sack {blocks.Count} {string.Concat(blocks)}";
    }
}
