using System;
using System.Buffers.Binary;
using Netemu.Core.Wire;

namespace Netemu.Engine.Tcp;

/// <summary>
/// The options of one segment, read once. Unknown ones are passed over; at one that lies about its length reading ends, as
/// in Linux's tcp_parse_options.
/// </summary>
internal ref struct TcpOptions
{
    public const byte MssKind = 2;
    public const byte WindowScaleKind = 3;
    public const byte SackPermittedKind = 4;
    public const byte SackKind = 5;
    public const byte TimestampsKind = 8;
    public const byte SignatureKind = 19;

    /// <summary>The largest shift (RFC 7323 section 2.3).</summary>
    public const byte MaximumWindowScale = 14;

    private const byte EndKind = 0;
    private const byte NoOperationKind = 1;

    /// <summary>The maximum segment size, or 0 if it is not there.</summary>
    public ushort Mss { get; private set; }

    public bool HasWindowScale { get; private set; }

    public byte WindowScale { get; private set; }

    public bool SackPermitted { get; private set; }

    public bool HasTimestamps { get; private set; }

    public uint TimestampValue { get; private set; }

    public uint TimestampEcho { get; private set; }

    /// <summary>The edges of the SACK blocks, eight bytes each.</summary>
    public ReadOnlySpan<byte> Sack { get; private set; }

    /// <summary>The digest of RFC 2385, or empty.</summary>
    public ReadOnlySpan<byte> Signature { get; private set; }

    /// <summary>Reads the options of a segment; there are none yet.</summary>
    public void Read(TcpHeader header)
    {
        ReadOnlySpan<byte> bytes = header.Options;

        // The layout that almost every segment has (RFC 7323 appendix A): NOP, NOP, timestamps.
        if (bytes.Length == 12 && BinaryPrimitives.ReadUInt32BigEndian(bytes) == 0x0101_080A)
        {
            SetTimestamps(bytes[4..]);
            return;
        }

        bool syn = (header.Flags & TcpFlags.Syn) != 0;
        while (bytes.Length > 0 && bytes[0] != EndKind)
        {
            if (bytes[0] == NoOperationKind)
            {
                bytes = bytes[1..];
                continue;
            }

            if (bytes.Length < 2 || bytes[1] < 2 || bytes[1] > bytes.Length)
            {
                break;
            }

            Take(bytes[0], bytes[2..bytes[1]], syn);
            bytes = bytes[bytes[1]..];
        }
    }

    private void Take(byte kind, ReadOnlySpan<byte> value, bool syn)
    {
        switch (kind)
        {
            case MssKind when syn && value.Length == 2:
                Mss = BinaryPrimitives.ReadUInt16BigEndian(value);
                break;
            case WindowScaleKind when syn && value.Length == 1:
                HasWindowScale = true;
                WindowScale = Math.Min(value[0], MaximumWindowScale);
                break;
            case SackPermittedKind when syn && value.Length == 0:
                SackPermitted = true;
                break;
            case SackKind when value.Length >= 8 && value.Length % 8 == 0:
                Sack = value;
                break;
            case TimestampsKind when value.Length == 8:
                SetTimestamps(value);
                break;
            case SignatureKind when value.Length == 16:
                Signature = value;
                break;
            default:
                break;
        }
    }

    private void SetTimestamps(ReadOnlySpan<byte> value)
    {
        HasTimestamps = true;
        TimestampValue = BinaryPrimitives.ReadUInt32BigEndian(value);
        TimestampEcho = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
    }
}
