namespace Netemu.Calico.Resources;

/// <summary>What a matching rule does.</summary>
public enum RuleAction : byte
{
    Allow,
    Deny,

    /// <summary>Leaves the tier; the next one, or the profiles, decide.</summary>
    Pass,

    /// <summary>Logs and goes on with the next rule.</summary>
    Log,
}
