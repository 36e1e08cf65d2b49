using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Messages;

/// <summary>
/// Reads and writes OPEN messages of which the last one was the same but for the BGP Identifier, as in a mesh of speakers
/// with one configuration nearly all are.
/// </summary>
internal sealed class OpenCache
{
    private const int IdentifierOffset = BgpMessage.HeaderSize + 5;
    private const int AfterIdentifier = IdentifierOffset + sizeof(uint);

    private byte[] _read = [];
    private OpenMessage _readAs;
    private byte[] _written = [];
    private OpenMessage _writtenOf;

    /// <summary>As <see cref="OpenMessage.TryRead"/>.</summary>
    public BgpError TryRead(ReadOnlySpan<byte> message, out OpenMessage open)
    {
        if (IsLikeRead(message))
        {
            open = _readAs with { Identifier = new IPv4Address(BinaryPrimitives.ReadUInt32BigEndian(message[IdentifierOffset..])) };
            return BgpError.None;
        }

        BgpError error = OpenMessage.TryRead(message, out open);
        if (!error.IsError)
        {
            _read = message.ToArray();
            _readAs = open;
        }

        return error;
    }

    /// <summary>As <see cref="OpenMessage.Write"/>; the bytes are good until the next call.</summary>
    public ReadOnlySpan<byte> Write(in OpenMessage open)
    {
        if (_written.Length == 0 || open with { Identifier = _writtenOf.Identifier } != _writtenOf)
        {
            Span<byte> bytes = stackalloc byte[256];
            _written = bytes[..open.Write(bytes)].ToArray();
            _writtenOf = open;
        }

        BinaryPrimitives.WriteUInt32BigEndian(_written.AsSpan(IdentifierOffset), open.Identifier.Value);
        return _written;
    }

    private bool IsLikeRead(ReadOnlySpan<byte> message) =>
        message.Length == _read.Length
        && message.Length >= AfterIdentifier
        && message[..IdentifierOffset].SequenceEqual(_read.AsSpan(0, IdentifierOffset))
        && message[AfterIdentifier..].SequenceEqual(_read.AsSpan(AfterIdentifier));
}
