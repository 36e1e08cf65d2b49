using System.Runtime.InteropServices;

namespace Netemu.Engine.Linux;

/// <summary>poll.h and sys/prctl.h.</summary>
internal static partial class Interop
{
    public const short POLLIN = 1;
    public const int PR_SET_TIMERSLACK = 29;

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int ppoll(pollfd* fds, nuint nfds, timespec* tmo_p, void* sigmask);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);

    [StructLayout(LayoutKind.Sequential)]
    public struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct timespec
    {
        public long tv_sec;
        public long tv_nsec;
    }
}
