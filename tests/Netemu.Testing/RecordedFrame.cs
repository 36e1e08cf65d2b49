using System;
using Netemu.Core.Time;

namespace Netemu.Testing;

/// <summary>A frame as a tap saw it.</summary>
public sealed record RecordedFrame(SimTime Time, bool Outgoing, byte[] Bytes)
{
    public string Hex => Convert.ToHexString(Bytes);
}
