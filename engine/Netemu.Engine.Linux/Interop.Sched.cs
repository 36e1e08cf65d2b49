using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Netemu.Engine.Linux;

/// <summary>sched.h.</summary>
internal static partial class Interop
{
    public const int CLONE_NEWNET = 0x40000000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setns(SafeFileHandle fd, int nstype);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unshare(int flags);
}
