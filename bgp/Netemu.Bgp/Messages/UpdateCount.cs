using System;
using Netemu.Bgp.Attributes;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Messages;

/// <summary>Counts the prefixes of an UPDATE without reading them; for sessions without ADD-PATH.</summary>
public static class UpdateCount
{
    /// <summary>Prefixes announced and withdrawn, of either family. What cannot be read counts as nothing.</summary>
    public static (int Announced, int Withdrawn) Of(ReadOnlySpan<byte> message)
    {
        if (UpdateMessage.TryRead(message, out UpdateMessage update).IsError)
        {
            return default;
        }

        int announced = CountTuples(update.Nlri);
        int withdrawn = CountTuples(update.Withdrawn);
        ReadOnlySpan<byte> rest = update.Attributes;
        while (TryTake(ref rest, out AttributeType type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case AttributeType.MpReachNlri when MultiprotocolNlri.ReadReach(value) is { IsValid: true } reach:
                    announced += CountTuples(reach.Nlri);
                    break;
                case AttributeType.MpUnreachNlri when MultiprotocolNlri.ReadUnreach(value) is { IsValid: true } unreach:
                    withdrawn += CountTuples(unreach.Nlri);
                    break;
                default:
                    break;
            }
        }

        return (announced, withdrawn);
    }

    /// <summary>The AS_PATH of an UPDATE that announces, in four-octet form; empty if there is none.</summary>
    public static AsPath AsPathOf(UpdateMessage update)
    {
        ReadOnlySpan<byte> rest = update.Attributes;
        while (TryTake(ref rest, out AttributeType type, out ReadOnlySpan<byte> value))
        {
            if (type == AttributeType.AsPath && IsWhole(value))
            {
                return new AsPath(value);
            }
        }

        return default;
    }

    /// <summary>The prefix fields of MP_UNREACH_NLRI and MP_REACH_NLRI with their families; empty where there is none.</summary>
    internal static void MultiprotocolOf(
        UpdateMessage update,
        out ReadOnlySpan<byte> unreach,
        out AddressFamily withdrawn,
        out ReadOnlySpan<byte> reach,
        out AddressFamily announced)
    {
        withdrawn = 0;
        announced = 0;
        unreach = default;
        reach = default;
        ReadOnlySpan<byte> rest = update.Attributes;
        while (TryTake(ref rest, out AttributeType type, out ReadOnlySpan<byte> value))
        {
            if (type == AttributeType.MpReachNlri && MultiprotocolNlri.ReadReach(value) is { IsValid: true, IsUnicast: true } up)
            {
                reach = up.Nlri;
                announced = up.Family;
            }
            else if (type == AttributeType.MpUnreachNlri && MultiprotocolNlri.ReadUnreach(value) is { IsValid: true, IsUnicast: true } down)
            {
                unreach = down.Nlri;
                withdrawn = down.Family;
            }
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> path)
    {
        const int Header = 2;
        const int AsSize = 4;
        while (path.Length >= Header && path.Length >= Header + (path[1] * AsSize))
        {
            path = path[(Header + (path[1] * AsSize))..];
        }

        return path.IsEmpty;
    }

    /// <summary>The tuples of a field of (length, prefix).</summary>
    private static int CountTuples(ReadOnlySpan<byte> field)
    {
        int count = 0;
        while (field.Length > 0)
        {
            int size = 1 + ((field[0] + 7) >> 3);
            if (size > field.Length)
            {
                break;
            }

            count++;
            field = field[size..];
        }

        return count;
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> rest, out AttributeType type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (rest.Length < 3)
        {
            return false;
        }

        bool extended = ((AttributeFlags)rest[0] & AttributeFlags.ExtendedLength) != 0;
        int header = extended ? 4 : 3;
        if (rest.Length < header)
        {
            return false;
        }

        int length = extended ? (rest[2] << 8) | rest[3] : rest[2];
        if (rest.Length < header + length)
        {
            return false;
        }

        type = (AttributeType)rest[1];
        value = rest.Slice(header, length);
        rest = rest[(header + length)..];
        return true;
    }
}
