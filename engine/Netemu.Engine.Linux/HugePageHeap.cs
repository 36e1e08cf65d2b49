using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Runtime.CompilerServices;

namespace Netemu.Engine.Linux;

/// <summary>
/// Asks the kernel for huge pages (MADV_HUGEPAGE, madvise(2)) under everything that the collector will ever hand out. A
/// large emulation touches each of its gigabytes once while it is built and at random afterwards: pages of 4 KiB cost a
/// fault each first, and a miss of the TLB each later.
/// </summary>
/// <remarks>
/// The collector reserves one range of addresses at its start and makes parts of it usable as it grows; the advice given to
/// the range stays with these parts. It is advice only: where huge pages are off, or the range is not found, nothing changes.
/// </remarks>
public static class HugePageHeap
{
    private static bool? s_answer;

    /// <summary>Advises once per process; false if there is no such range here.</summary>
    public static bool Advise() => s_answer ??= OperatingSystem.IsLinux() && TryAdvise();

    private static bool TryAdvise()
    {
        try
        {
            return Advise(File.ReadLines("/proc/self/maps"));
        }
        catch (IOException)
        {
            // No /proc here.
            return false;
        }
    }

    /// <summary>Advises the neighbouring anonymous mappings around a new object.</summary>
    private static unsafe bool Advise(IEnumerable<string> maps)
    {
        object young = new();
        ulong address = (ulong)*(nint*)Unsafe.AsPointer(ref young);
        ulong start = 0;
        ulong end = 0;
        foreach (string line in maps)
        {
            (ulong from, ulong to, bool isAnonymous) = Parse(line);
            if (isAnonymous && from == end)
            {
                end = to;
                continue;
            }

            if (start <= address && address < end)
            {
                break;
            }

            (start, end) = isAnonymous ? (from, to) : (0, 0);
        }

        return start <= address && address < end && Interop.madvise((void*)start, (nuint)(end - start), Interop.MADV_HUGEPAGE) == 0;
    }

    // "7f1c4c000000-7f1c4c021000 rw-p 00000000 00:00 0    [path]" (proc_pid_maps(5)).
    private static (ulong Start, ulong End, bool IsAnonymous) Parse(string line)
    {
        int dash = line.IndexOf('-', StringComparison.Ordinal);
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        ulong start = ulong.Parse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        ulong end = ulong.Parse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (start, end, line.EndsWith(" 0", StringComparison.Ordinal) || line.EndsWith(" 0 ", StringComparison.Ordinal));
    }
}
