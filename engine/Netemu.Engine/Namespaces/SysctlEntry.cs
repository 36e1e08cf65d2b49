using System;
using System.Globalization;

namespace Netemu.Engine.Namespaces;

/// <summary>
/// One supported sysctl: its path with '/' between words and '*' where a device, "all" or "default" stands, what a new
/// Linux namespace has, the range that the kernel takes, and how it is read and written.
/// </summary>
public sealed class SysctlEntry
{
    internal SysctlEntry(
        string path,
        string defaultValue,
        long minimum,
        long maximum,
        Func<NetworkNamespace, SysctlTarget, string> read,
        Action<NetworkNamespace, SysctlTarget, string>? write)
    {
        Path = path;
        Default = defaultValue;
        Minimum = minimum;
        Maximum = maximum;
        Read = read;
        Write = write;
    }

    public string Path { get; }

    public string Default { get; }

    public long Minimum { get; }

    public long Maximum { get; }

    /// <summary>True if there is one for each device, and for "default".</summary>
    public bool IsPerDevice => Path.Contains('*', StringComparison.Ordinal);

    /// <summary>True if a value for "all" stands beside those of the devices.</summary>
    internal bool HasAll => !Path.Contains("/neigh/", StringComparison.Ordinal);

    /// <summary>False if the key only tells what the emulation does.</summary>
    public bool IsWritable => Write is not null;

    internal Func<NetworkNamespace, SysctlTarget, string> Read { get; }

    internal Action<NetworkNamespace, SysctlTarget, string>? Write { get; }

    internal static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Text(bool value) => value ? "1" : "0";
}
