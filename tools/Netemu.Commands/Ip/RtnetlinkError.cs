using Netemu.Commands.Shell;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>What the kernel answers when it refuses, as iproute2 prints it (exit code 2).</summary>
internal static class RtnetlinkError
{
    public static CommandResult FileExists => Answer("File exists");

    public static CommandResult NoSuchDevice => Answer("No such device");

    public static CommandResult NoSuchEntry => Answer("No such file or directory");

    public static CommandResult NoSuchProcess => Answer("No such process");

    public static CommandResult InvalidArgument => Answer("Invalid argument");

    public static CommandResult OutOfRange => Answer("Numerical result out of range");

    public static CommandResult Busy => Answer("Device or resource busy");

    public static CommandResult NotSupported => Answer("Operation not supported");

    public static CommandResult CannotAssignAddress => Answer("Cannot assign requested address");

    public static CommandResult NoRoute => Answer("No route to host");

    /// <summary>The errno's text alone.</summary>
    public static CommandResult Answer(string text) => CommandResult.Failure(2, $"RTNETLINK answers: {text}");

    /// <summary>The kernel's own words (extended acknowledgement).</summary>
    public static CommandResult Extended(string text) => CommandResult.Failure(2, $"Error: {text}");

    public static CommandResult Of(Errno errno) => Answer(Describe(errno));

    /// <summary>strerror.</summary>
    public static string Describe(Errno errno) => errno switch
    {
        Errno.EPERM => "Operation not permitted",
        Errno.ENOENT => "No such file or directory",
        Errno.EIO => "Input/output error",
        Errno.EBUSY => "Device or resource busy",
        Errno.ENOSPC => "No space left on device",
        Errno.ERANGE => "Numerical result out of range",
        Errno.EOPNOTSUPP => "Operation not supported",
        Errno.EAGAIN => "Resource temporarily unavailable",
        Errno.EACCES => "Permission denied",
        Errno.EEXIST => "File exists",
        Errno.ENODEV => "No such device",
        Errno.EINVAL => "Invalid argument",
        Errno.EMSGSIZE => "Message too long",
        Errno.EAFNOSUPPORT => "Address family not supported by protocol",
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
        _ => "Success",
    };
}
