using System;

namespace Netemu.Core.Wire;

/// <summary>The options of an IPv4 header (RFC 791 section 3.1), checked as Linux does (__ip_options_compile).</summary>
public static class IPv4Options
{
    private const byte EndOfList = 0;
    private const byte NoOperation = 1;
    private const byte RecordRoute = 7;
    private const byte Timestamp = 68;
    private const byte LooseSourceRoute = 131;
    private const byte StrictSourceRoute = 137;
    private const byte RouterAlert = 148;

    // The flags of a timestamp option.
    private const int TimestampAndAddress = 1;
    private const int TimestampPrespecified = 3;

    private const int NoError = -1;

    /// <summary>
    /// The offset in <paramref name="header"/> of the first byte that is wrong, as "parameter problem" points to it; 0 if
    /// all is well.
    /// </summary>
    public static int FindError(ReadOnlySpan<byte> header)
    {
        bool sourceRouted = false;
        bool recorded = false;
        bool stamped = false;
        int offset = IPv4Header.MinimumSize;
        while (offset < header.Length)
        {
            ReadOnlySpan<byte> option = header[offset..];
            byte type = option[0];
            if (type == EndOfList)
            {
                return 0;
            }

            if (type == NoOperation)
            {
                offset++;
                continue;
            }

            if (option.Length < 2 || option[1] < 2 || option[1] > option.Length)
            {
                return offset;
            }

            option = option[..option[1]];
            int error = type switch
            {
                LooseSourceRoute or StrictSourceRoute => SourceRouteError(option, ref sourceRouted),
                RecordRoute => RecordRouteError(option, ref recorded),
                Timestamp => TimestampError(option, ref stamped),
                RouterAlert when option.Length < 4 => 1,
                _ => NoError,
            };
            if (error != NoError)
            {
                return offset + error;
            }

            offset += option.Length;
        }

        return 0;
    }

    /// <summary>The offset in <paramref name="header"/> of a source route; 0 if there is none. The options have been checked.</summary>
    public static int FindSourceRoute(ReadOnlySpan<byte> header)
    {
        int offset = IPv4Header.MinimumSize;
        while (offset < header.Length && header[offset] != EndOfList)
        {
            if (header[offset] is LooseSourceRoute or StrictSourceRoute)
            {
                return offset;
            }

            offset += header[offset] == NoOperation ? 1 : header[offset + 1];
        }

        return 0;
    }

    /// <summary>Whether a source route is strict: each address in it is a neighbour of the one before.</summary>
    public static bool IsStrict(byte type) => type == StrictSourceRoute;

    /// <summary>
    /// Makes what stands in the first fragment only into no operations, for those behind it (ip_options_fragment): an option is copied
    /// if the highest bit of its type says so.
    /// </summary>
    public static void BlankUncopied(Span<byte> options)
    {
        const int Copied = 0x80;
        while (options.Length > 0 && options[0] != EndOfList)
        {
            int length = options[0] == NoOperation ? 1 : options.Length > 1 ? options[1] : 0;
            if (length < (options[0] == NoOperation ? 1 : 2) || length > options.Length)
            {
                return;
            }

            if ((options[0] & Copied) == 0)
            {
                options[..length].Fill(NoOperation);
            }

            options = options[length..];
        }
    }

    private static int SourceRouteError(ReadOnlySpan<byte> option, ref bool seen)
    {
        if (option.Length < 3)
        {
            return 1;
        }

        if (option[2] < 4)
        {
            return 2;
        }

        // RFC 1812 section 5.2.4.1: one source route at most.
        int error = seen ? 0 : NoError;
        seen = true;
        return error;
    }

    private static int RecordRouteError(ReadOnlySpan<byte> option, ref bool seen)
    {
        if (seen)
        {
            return 0;
        }

        seen = true;
        if (option.Length < 3)
        {
            return 1;
        }

        // The pointer leaves room for one address, or lies past the end: full.
        bool isFull = option[2] > option.Length;
        return option[2] < 4 || (!isFull && option[2] + 3 > option.Length) ? 2 : NoError;
    }

    private static int TimestampError(ReadOnlySpan<byte> option, ref bool seen)
    {
        if (seen)
        {
            return 0;
        }

        seen = true;
        if (option.Length < 4)
        {
            return 1;
        }

        if (option[2] < 5)
        {
            return 2;
        }

        int flag = option[3] & 0xF;
        if (option[2] > option.Length)
        {
            // Full: the overflow counter counts on, up to its end.
            return flag != TimestampPrespecified && option[3] >> 4 == 15 ? 3 : NoError;
        }

        int entry = flag is TimestampAndAddress or TimestampPrespecified ? 8 : 4;
        return option[2] + entry - 1 > option.Length ? 2 : NoError;
    }
}
