using Netemu.Core.Wire;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Processes;

/// <summary>ICMP errors as errnos (icmp_err_convert, icmpv6_err_convert), and what strerror says of them.</summary>
public static class SocketErrors
{
    public static Errno Of(IcmpError error)
    {
        if (error.From.IsIPv6)
        {
            return ((Icmpv6Type)error.Type, error.Code) switch
            {
                (Icmpv6Type.DestinationUnreachable, Icmpv6Code.PortUnreachable) => Errno.ECONNREFUSED,
                (Icmpv6Type.DestinationUnreachable, Icmpv6Code.AdministrativelyProhibited) => Errno.EACCES,
                (Icmpv6Type.DestinationUnreachable, Icmpv6Code.NoRoute) => Errno.ENETUNREACH,
                (Icmpv6Type.PacketTooBig, _) => Errno.EMSGSIZE,
                _ => Errno.EHOSTUNREACH,
            };
        }

        return ((IcmpType)error.Type, error.Code) switch
        {
            (IcmpType.DestinationUnreachable, IcmpCode.PortUnreachable) => Errno.ECONNREFUSED,
            (IcmpType.DestinationUnreachable, IcmpCode.NetUnreachable) => Errno.ENETUNREACH,
            (IcmpType.DestinationUnreachable, IcmpCode.FragmentationNeeded) => Errno.EMSGSIZE,
            _ => Errno.EHOSTUNREACH,
        };
    }

    /// <summary>strerror's words.</summary>
    public static string Describe(Errno error) => error switch
    {
        Errno.None => "Success",
        Errno.EPERM => "Operation not permitted",
        Errno.EAGAIN => "Resource temporarily unavailable",
        Errno.EACCES => "Permission denied",
        Errno.ENODEV => "No such device",
        Errno.EINVAL => "Invalid argument",
        Errno.EPIPE => "Broken pipe",
        Errno.EMSGSIZE => "Message too long",
        Errno.EADDRINUSE => "Address already in use",
        Errno.EADDRNOTAVAIL => "Cannot assign requested address",
        Errno.ENETDOWN => "Network is down",
        Errno.ENETUNREACH => "Network is unreachable",
        Errno.ECONNABORTED => "Software caused connection abort",
        Errno.ECONNRESET => "Connection reset by peer",
        Errno.ENOBUFS => "No buffer space available",
        Errno.ETIMEDOUT => "Connection timed out",
        Errno.ECONNREFUSED => "Connection refused",
        Errno.EHOSTUNREACH => "No route to host",
        _ => $"Unknown error {(int)error}",
    };
}
