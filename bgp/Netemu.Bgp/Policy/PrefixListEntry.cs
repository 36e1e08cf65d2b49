using Netemu.Core.Addresses;

namespace Netemu.Bgp.Policy;

/// <summary>One line of a prefix-list: routes inside <paramref name="Prefix"/> with a length between two bounds.</summary>
public sealed record PrefixListEntry(InternetPrefix Prefix, bool Permit = true)
{
    /// <summary>"ge"; null together with <see cref="MaximumLength"/> means exactly the prefix's own length.</summary>
    public int? MinimumLength { get; init; }

    /// <summary>"le"; null with a minimum means the whole width.</summary>
    public int? MaximumLength { get; init; }

    /// <summary>True if the entry speaks of this prefix.</summary>
    public bool Covers(InternetPrefix prefix)
    {
        int minimum = MinimumLength ?? Prefix.Length;
        int maximum = MaximumLength ?? (MinimumLength is null ? Prefix.Length : Prefix.IsIPv4 ? 32 : 128);
        return prefix.Length >= minimum && prefix.Length <= maximum && Prefix.Contains(prefix);
    }
}
