using System;
using System.IO;

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
        AssertAdvised(before);
        AssertAdvised(after);
    }

    private static unsafe void AssertAdvised(byte[] array)
    {
        // Held where it is: the collector, which tests beside this one call, would move it away from the address asked about.
        fixed (byte* start = array)
        {
            Assert.Contains("hg", MappingFlags.At((ulong)start + ((ulong)array.Length / 2)).Split(' '), StringComparer.Ordinal);
        }
    }
}
