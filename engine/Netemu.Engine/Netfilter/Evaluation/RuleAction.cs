namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>What the evaluator does when a rule matches.</summary>
internal enum RuleAction : byte
{
    Continue,
    Accept,
    Drop,
    Return,
    Jump,
    Goto,

    /// <summary>The rule's target object does it and says how to go on.</summary>
    Target,
}
