using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Netemu.Engine.Linux.Tests;

public sealed class HugePageArenaTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(3_000_000)]
    public void An_array_of_the_arena_is_an_array(int length)
    {
        long[] array = HugePageArena.Instance.Allocate<long>(length);

        Array.Fill(array, 7);

        Assert.Equal(length, array.Length);
        Assert.Equal(7, array[^1]);
    }

    [Fact]
    public void The_kernel_is_asked_for_huge_pages_where_it_has_them()
    {
        const string Setting = "/sys/kernel/mm/transparent_hugepage/enabled";
        if (!File.Exists(Setting) || !File.Exists("/proc/self/smaps"))
        {
            return;
        }

        int[] array = HugePageArena.Instance.Allocate<int>(8 << 20);
        ulong middle;
        unsafe
        {
            middle = (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)) + (16 << 20);
        }

        string flags = MappingFlags.At(middle);

        Assert.Contains("hg", flags.Split(' '), StringComparer.Ordinal);
        GC.KeepAlive(array);
    }
}
