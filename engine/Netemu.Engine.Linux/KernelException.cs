using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Netemu.Engine.Linux;

/// <summary>A system call that the kernel refused, with its errno.</summary>
public sealed class KernelException : IOException
{
    public KernelException(string what, int errno)
        : base($"{what}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})") => Errno = errno;

    public KernelException()
    {
    }

    public KernelException(string message)
        : base(message)
    {
    }

    public KernelException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public int Errno { get; }

    /// <summary>True where a privilege or a device is missing, not where something is wrong.</summary>
    public bool IsPrivilege => Errno is Interop.EPERM or Interop.EACCES or Interop.ENOENT or Interop.ENODEV;
}
