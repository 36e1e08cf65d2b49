namespace Netemu.Engine.Netfilter.Sets;

/// <summary>What a member carries besides itself: counters, a comment, and whether it excepts what it matches (nomatch).</summary>
public sealed class MemberExtension
{
    public long Packets { get; internal set; }

    public long Bytes { get; internal set; }

    /// <summary>Without quotes; null for none.</summary>
    public string? Comment { get; internal set; }

    public bool IsException { get; internal set; }
}
