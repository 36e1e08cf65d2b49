using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;

namespace Netemu.Engine.Tcp;

/// <summary>A received segment: header, options and what IP says of it. Valid while its frame is.</summary>
internal ref struct TcpSegment
{
    public InternetAddress Source;
    public InternetAddress Destination;
    public ushort SourcePort;
    public ushort DestinationPort;
    public uint SequenceNumber;
    public uint AcknowledgmentNumber;
    public TcpFlags Flags;
    public ushort Window;
    public byte Ttl;
    public byte TrafficClass;
    public NetDevice Device;
    public TcpOptions Options;
    public Span<byte> Payload;

    /// <summary>The whole segment, as the signature covers it.</summary>
    public Span<byte> Bytes;

    /// <summary>SEG.LEN: data, SYN and FIN.</summary>
    public readonly int Length =>
        Payload.Length + (((int)(Flags & TcpFlags.Syn)) >> 1) + (int)(Flags & TcpFlags.Fin);

    /// <summary>The number after the last one that the segment occupies.</summary>
    public readonly uint End => SequenceNumber + (uint)Length;

    public readonly bool Has(TcpFlags flag) => (Flags & flag) != 0;
}
