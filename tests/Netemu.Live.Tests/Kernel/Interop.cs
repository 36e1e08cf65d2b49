using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Netemu.Live.Tests.Kernel;

/// <summary>sched.h and net/if.h.</summary>
internal static partial class Interop
{
    public const int CLONE_NEWNET = 0x40000000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setns(SafeFileHandle fd, int nstype);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint if_nametoindex(string ifname);
}
