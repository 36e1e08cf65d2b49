using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Netemu.Engine.Linux;

/// <summary>sys/eventfd.h.</summary>
internal static partial class Interop
{
    public const int EFD_CLOEXEC = 0x80000;
    public const int EFD_NONBLOCK = 0x800;

    [LibraryImport("libc", SetLastError = true)]
    public static partial SafeFileHandle eventfd(uint initval, int flags);
}
