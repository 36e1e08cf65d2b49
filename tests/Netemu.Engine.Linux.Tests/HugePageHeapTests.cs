using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Netemu.Engine.Linux.Tests;

public sealed class HugePageHeapTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(40 << 20)]
    public void Old_and_new_arrays_of_the_collector_lie_in_memory_with_the_advice(int length)
    {
        if (!File.Exists("/sys/kernel/mm/transparent_hugepage/enabled") || !File.Exists("/proc/self/smaps"))
        {
            return;
        }

        byte[] before = new byte[length];

        Assert.True(HugePageHeap.Advise());

        byte[] after = new byte[length];
        Assert.Contains("hg", MappingFlags.At(AddressOf(before)).Split(' '), StringComparer.Ordinal);
        Assert.Contains("hg", MappingFlags.At(AddressOf(after)).Split(' '), StringComparer.Ordinal);
        GC.KeepAlive(before);
        GC.KeepAlive(after);
    }

    private static unsafe ulong AddressOf(byte[] array) =>
        (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)) + ((ulong)array.Length / 2);
}
