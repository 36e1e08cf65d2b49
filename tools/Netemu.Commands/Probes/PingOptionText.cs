using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Netemu.Core.Addresses;

namespace Netemu.Commands.Probes;

/// <summary>The options of a reply as ping prints them behind its line (iputils ping.c, pr_options).</summary>
internal sealed class PingOptionText
{
    private const byte RecordRoute = 7;
    private const byte Timestamp = 68;
    private const byte TimestampOnly = 0;
    private const uint NotStandard = 0x8000_0000;

    private ImmutableArray<byte> _route = [];

    /// <summary>The text between the reply's line and the end of that line; the same route again is said in two words.</summary>
    public string Describe(ReadOnlySpan<byte> options)
    {
        StringBuilder text = new();
        while (options.Length > 2 && options[0] != 0)
        {
            int length = options[0] == 1 ? 1 : Math.Clamp(options[1], (byte)2, (byte)options.Length);
            ReadOnlySpan<byte> option = options[..length];
            options = options[length..];
            if (option[0] == RecordRoute && option.Length > 3)
            {
                WriteRoute(text, option);
            }
            else if (option[0] == Timestamp && option.Length > 4)
            {
                WriteTimes(text, option);
            }
        }

        return text.ToString();
    }

    private void WriteRoute(StringBuilder text, ReadOnlySpan<byte> option)
    {
        int size = Math.Min(option[2] - 1, option.Length) - 3;
        if (size <= 0)
        {
            return;
        }

        ReadOnlySpan<byte> route = option.Slice(3, size);
        if (route.SequenceEqual(_route.AsSpan()))
        {
            text.Append("\t(same route)");
            return;
        }

        _route = [.. route];
        text.Append("\nRR: ");
        for (int i = 0; i + 4 <= route.Length; i += 4)
        {
            text.Append('\t').Append(IPv4Address.Read(route[i..])).Append('\n');
        }
    }

    private static void WriteTimes(StringBuilder text, ReadOnlySpan<byte> option)
    {
        ReadOnlySpan<byte> entries = option[4..Math.Max(4, Math.Min(option[2] - 1, option.Length))];
        if (entries.Length == 0)
        {
            return;
        }

        text.Append("\nTS: ");
        uint last = 0;
        uint lastOdd = 0;
        while (entries.Length >= 4)
        {
            if ((option[3] & 0xF) != TimestampOnly)
            {
                text.Append('\t').Append(IPv4Address.Read(entries));
                entries = entries[4..];
                if (entries.Length < 4)
                {
                    break;
                }
            }

            uint time = BinaryPrimitives.ReadUInt32BigEndian(entries);
            entries = entries[4..];
            bool isOdd = (time & NotStandard) != 0;
            uint value = time & ~NotStandard;
            uint before = isOdd ? lastOdd : last;
            text.Append(CultureInfo.InvariantCulture, $"\t{(before == 0 ? value : (long)value - before)}{(before == 0 ? " absolute" : string.Empty)}{(isOdd ? " not-standard" : string.Empty)}\n");
            (last, lastOdd) = isOdd ? (last, value) : (value, lastOdd);
        }

        if (option[3] >> 4 is var missed and > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Unrecorded hops: {missed}\n");
        }
    }
}
