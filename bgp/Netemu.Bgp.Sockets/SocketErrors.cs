using System.Net.Sockets;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Sockets;

/// <summary>What a socket's error means for a stream.</summary>
internal static class SocketErrors
{
    public static StreamCloseReason ToReason(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => StreamCloseReason.Refused,
        SocketError.TimedOut => StreamCloseReason.TimedOut,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown
            or SocketError.NetworkDown or SocketError.AddressNotAvailable => StreamCloseReason.Unreachable,
        _ => StreamCloseReason.Reset,
    };
}
