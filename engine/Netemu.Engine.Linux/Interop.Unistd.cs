using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Netemu.Engine.Linux;

/// <summary>unistd.h and fcntl.h.</summary>
internal static partial class Interop
{
    public const int O_RDONLY = 0;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle open(string pathname, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint read(SafeFileHandle fd, byte* buf, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint write(SafeFileHandle fd, byte* buf, nint count);
}
