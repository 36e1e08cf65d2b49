using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netemu.Engine.Routing.Lpm;

namespace Netemu.Engine.Linux;

/// <summary>
/// Arrays whose pages the kernel has been asked to make huge (MADV_HUGEPAGE): a look-up in a table of hundreds of
/// megabytes then misses the TLB once instead of twice. They are ordinary, pinned arrays; small ones come from the heap.
/// </summary>
public sealed class HugePageArena : IArena
{
    private const int HugePage = 2 * 1024 * 1024;

    private HugePageArena()
    {
    }

    public static HugePageArena Instance { get; } = new();

    public unsafe T[] Allocate<T>(int length)
        where T : unmanaged
    {
        long bytes = (long)length * Unsafe.SizeOf<T>();
        if (bytes < 2 * HugePage)
        {
            return GC.AllocateUninitializedArray<T>(length);
        }

        T[] array = GC.AllocateUninitializedArray<T>(length, pinned: true);
        nuint start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        nuint first = (start + HugePage - 1) & ~(nuint)(HugePage - 1);
        nuint last = (start + (nuint)bytes) & ~(nuint)(HugePage - 1);
        if (last > first)
        {
            // Advice only: where huge pages are off everything works, with small ones.
            _ = Interop.madvise((void*)first, last - first, Interop.MADV_HUGEPAGE);
        }

        return array;
    }
}
