using System;
using System.Globalization;
using System.IO;

namespace Netemu.Engine.Linux.Tests;

/// <summary>What the kernel notes about a mapping of this process (proc_pid_smaps(5), VmFlags).</summary>
internal static class MappingFlags
{
    /// <summary>The VmFlags line of the mapping around an address; empty if there is none.</summary>
    public static string At(ulong address)
    {
        bool isHere = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] range = line.Split(' ')[0].Split('-');
            if (range.Length == 2
                && ulong.TryParse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong first)
                && ulong.TryParse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong last))
            {
                isHere = first <= address && address < last;
            }
            else if (isHere && line.StartsWith("VmFlags:", StringComparison.Ordinal))
            {
                return line;
            }
        }

        return "";
    }
}
