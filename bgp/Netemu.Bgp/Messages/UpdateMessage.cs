using System;
using System.Buffers.Binary;

namespace Netemu.Bgp.Messages;

/// <summary>The three parts of an UPDATE (RFC 4271 section 4.3), cut but not yet read.</summary>
/// <remarks>
/// <code>
/// | header 19 | withdrawn length 2 | withdrawn routes | attributes length 2 | path attributes | NLRI |
/// </code>
/// </remarks>
public readonly ref struct UpdateMessage
{
    private UpdateMessage(ReadOnlySpan<byte> withdrawn, ReadOnlySpan<byte> attributes, int offset, ReadOnlySpan<byte> nlri)
    {
        Withdrawn = withdrawn;
        Attributes = attributes;
        AttributesOffset = offset;
        Nlri = nlri;
    }

    public ReadOnlySpan<byte> Withdrawn { get; }

    public ReadOnlySpan<byte> Attributes { get; }

    /// <summary>Where in the message the attributes start; errors quote from there.</summary>
    public int AttributesOffset { get; }

    public ReadOnlySpan<byte> Nlri { get; }

    /// <summary>Nothing at all is End-of-RIB for IPv4 unicast (RFC 4724 section 2).</summary>
    public bool IsEmpty => Withdrawn.IsEmpty && Attributes.IsEmpty && Nlri.IsEmpty;

    /// <summary>
    /// Cuts a framed message. A length that overruns the message leaves the NLRI unknown, so the session ends
    /// (RFC 7606 section 3 (j)).
    /// </summary>
    public static BgpError TryRead(ReadOnlySpan<byte> message, out UpdateMessage update)
    {
        const int lengths = 4;
        update = default;
        ReadOnlySpan<byte> body = message[BgpMessage.HeaderSize..];
        int withdrawn = BinaryPrimitives.ReadUInt16BigEndian(body);
        if (withdrawn + lengths > body.Length)
        {
            return BgpError.Update(BgpErrorSubcode.MalformedAttributeList);
        }

        int attributes = BinaryPrimitives.ReadUInt16BigEndian(body[(2 + withdrawn)..]);
        int start = withdrawn + lengths;
        if (start + attributes > body.Length)
        {
            return BgpError.Update(BgpErrorSubcode.MalformedAttributeList);
        }

        update = new UpdateMessage(
            body.Slice(2, withdrawn),
            body.Slice(start, attributes),
            BgpMessage.HeaderSize + start,
            body[(start + attributes)..]);
        return BgpError.None;
    }
}
