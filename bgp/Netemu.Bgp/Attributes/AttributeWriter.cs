using System;
using Netemu.Bgp.Messages;

namespace Netemu.Bgp.Attributes;

/// <summary>Writes one path attribute with the shortest length form.</summary>
internal static class AttributeWriter
{
    public static void Write(ref WireWriter writer, AttributeType type, AttributeFlags flags, scoped ReadOnlySpan<byte> value)
    {
        bool extended = value.Length > byte.MaxValue;
        writer.WriteByte((byte)(extended ? flags | AttributeFlags.ExtendedLength : flags));
        writer.WriteByte((byte)type);
        if (extended)
        {
            writer.WriteUInt16((ushort)value.Length);
        }
        else
        {
            writer.WriteByte((byte)value.Length);
        }

        writer.Write(value);
    }

    public static void WriteIfPresent(
        ref WireWriter writer, AttributeType type, AttributeFlags flags, scoped ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            Write(ref writer, type, flags, value);
        }
    }
}
