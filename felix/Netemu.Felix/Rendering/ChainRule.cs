using EngineRule = Netemu.Engine.Netfilter.Rules.Rule;

namespace Netemu.Felix.Rendering;

/// <summary>A rule of a chain. The comment is Felix's; the origin is for explanations and never matched on.</summary>
public sealed record ChainRule(RuleMatch Match, RuleTarget Target, string? Comment = null)
{
    public RuleOrigin? Origin { get; init; }

    /// <summary>The rule in the netfilter's words, once some node has written it: conditions and target are shared.</summary>
    internal Memo<EngineRule> Written { get; } = new();

    /// <summary>The rule as `iptables -S` prints it, without its chain.</summary>
    public override string ToString()
    {
        string match = Match.ToString();
        string comment = Comment is null ? string.Empty : $"-m comment --comment \"{Comment}\" ";
        return match.Length == 0 ? comment + Target : $"{comment}{match} {Target}";
    }
}
