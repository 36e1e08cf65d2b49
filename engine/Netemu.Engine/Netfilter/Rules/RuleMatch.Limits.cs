namespace Netemu.Engine.Netfilter.Rules;

/// <summary>Conditions about a packet's class, and about how much of its kind there is.</summary>
public abstract partial record RuleMatch
{
    /// <summary>`-m dscp --dscp`.</summary>
    public sealed record Dscp(byte Value, bool Negated = false) : RuleMatch;

    /// <summary>`-m tos --tos value/mask`.</summary>
    public sealed record TypeOfService(byte Value, byte Mask, bool Negated = false) : RuleMatch;

    /// <summary>`-m connlimit`: more connections than that (or at most so many) between the same addresses, as far as the mask tells them apart.</summary>
    public sealed record ConnectionLimit(uint? Most = null, bool UpTo = false, int MaskLength = 128, bool ByDestination = false) : RuleMatch;

    /// <summary>`-m hashlimit`: a token bucket for each kind of packet that its mode keeps apart; a table has its name.</summary>
    public sealed record HashLimit(
        Limit? Rate = null,
        bool Above = false,
        string Name = "",
        int Burst = 5,
        HashLimitModes Modes = HashLimitModes.None,
        int SourceMask = 128,
        int DestinationMask = 128,
        uint Size = 0,
        uint Most = 0,
        uint CollectionMilliseconds = HashLimit.DefaultCollection,
        uint? ExpiryMilliseconds = null) : RuleMatch
    {
        /// <summary>XT_HASHLIMIT_GCINTERVAL.</summary>
        public const uint DefaultCollection = 1000;

        /// <summary>How long an entry lives without packets: as long as the unit of the rate, unless the rule says it.</summary>
        public uint Lifetime => ExpiryMilliseconds ?? (uint)((Rate?.PerSeconds ?? 1) * 1000);
    }

    /// <summary>`-m string`: bytes in the packet, from its IP header on.</summary>
    public sealed record StringPattern(
        string? Pattern = null, string? Algorithm = null, ushort From = 0, ushort To = ushort.MaxValue, bool IgnoreCase = false, bool Negated = false)
        : RuleMatch;
}
