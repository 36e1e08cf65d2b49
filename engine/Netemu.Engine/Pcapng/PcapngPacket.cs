using System;
using Netemu.Core.Time;

namespace Netemu.Engine.Pcapng;

/// <summary>One packet of a capture. Its spans lie in the reader's buffer and are valid until the next read.</summary>
public readonly ref struct PcapngPacket
{
    /// <summary>The index of the packet's interface in <see cref="PcapngReader.Interfaces"/>.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>Nanoseconds since 1970, which is the start of the run in captures of an emulation.</summary>
    public SimTime Time { get; init; }

    /// <summary>The length on the wire; more than that of <see cref="Data"/> when the packet was cut to the snap length.</summary>
    public uint OriginalLength { get; init; }

    public PcapngDirection Direction { get; init; }

    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>The first opt_comment, in UTF-8; empty if there is none.</summary>
    public ReadOnlySpan<byte> Comment { get; init; }
}
