using System.Runtime.InteropServices;

namespace Netemu.Engine.Linux;

/// <summary>sys/mman.h.</summary>
internal static partial class Interop
{
    public const int MADV_HUGEPAGE = 14;

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int madvise(void* addr, nuint length, int advice);
}
