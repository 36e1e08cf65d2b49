using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Engine.Netfilter;

/// <summary>Checksums that cover a pseudo header, for either family.</summary>
internal static class TransportChecksum
{
    public static uint PseudoHeader(InternetAddress source, InternetAddress destination, IPProtocol protocol, int length) =>
        source.IsIPv4
            ? InternetChecksum.PseudoHeader(source.IPv4, destination.IPv4, protocol, length)
            : InternetChecksum.PseudoHeader(source.IPv6, destination.IPv6, protocol, length);

    /// <summary>True if the checksum in place in <paramref name="segment"/> is right.</summary>
    public static bool IsRight(
        InternetAddress source, InternetAddress destination, IPProtocol protocol, ReadOnlySpan<byte> segment)
    {
        uint pseudo = PseudoHeader(source, destination, protocol, segment.Length);
        return InternetChecksum.Finish(InternetChecksum.Sum(segment, pseudo)) == 0;
    }
}
