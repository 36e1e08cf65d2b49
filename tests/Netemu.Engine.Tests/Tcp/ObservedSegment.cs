using System;
using Netemu.Core.Time;
using Netemu.Core.Wire;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>A segment as it arrived, copied out of its frame.</summary>
internal sealed record ObservedSegment(
    SimTime Time,
    ushort SourcePort,
    ushort DestinationPort,
    uint Sequence,
    uint Acknowledgment,
    TcpFlags Flags,
    ushort Window,
    string Options,
    byte[] Payload)
{
    public bool Has(TcpFlags flag) => (Flags & flag) != 0;

    public static ObservedSegment Read(Span<byte> packet, SimTime time)
    {
        bool isIPv4 = packet[0] >> 4 == 4;
        Span<byte> bytes = isIPv4 ? new IPv4Header(packet).Payload : new IPv6Header(packet).Payload;
        Assert.Equal(WireError.None, TcpHeader.TryParse(bytes, out TcpHeader header));
        uint pseudo = isIPv4
            ? InternetChecksum.PseudoHeader(new IPv4Header(packet).Source, new IPv4Header(packet).Destination, IPProtocol.Tcp, bytes.Length)
            : InternetChecksum.PseudoHeader(new IPv6Header(packet).Source, new IPv6Header(packet).Destination, IPProtocol.Tcp, bytes.Length);
        Assert.Equal(0, InternetChecksum.Finish(InternetChecksum.Sum(bytes, pseudo)));
        return new ObservedSegment(
            time,
            header.SourcePort,
            header.DestinationPort,
            header.SequenceNumber,
            header.AcknowledgmentNumber,
            header.Flags,
            header.Window,
            Convert.ToHexString(header.Options),
            header.Payload.ToArray());
    }
}
