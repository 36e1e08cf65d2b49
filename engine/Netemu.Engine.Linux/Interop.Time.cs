using System.Runtime.InteropServices;

namespace Netemu.Engine.Linux;

/// <summary>time.h.</summary>
internal static partial class Interop
{
    public const int CLOCK_THREAD_CPUTIME_ID = 3;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int clock_gettime(int clockid, out timespec tp);
}
