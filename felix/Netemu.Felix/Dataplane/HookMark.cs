using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Felix.Dataplane;

/// <summary>
/// The tag of a rule that a writer put into a built-in chain, which others write to as well: by it the writer knows its
/// own rules again, and the writers agree on an order (Felix's hooks, kube-proxy's, all others, what Felix appends).
/// </summary>
internal sealed class HookMark
{
    public static readonly HookMark FelixInserted = new();

    public static readonly HookMark FelixAppended = new();

    public static readonly HookMark Proxy = new();

    private HookMark()
    {
    }

    public static bool IsFelix(Rule rule) => ReferenceEquals(rule.Tag, FelixInserted) || ReferenceEquals(rule.Tag, FelixAppended);
}
