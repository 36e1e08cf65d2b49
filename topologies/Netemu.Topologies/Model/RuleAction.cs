namespace Netemu.Topologies.Model;

/// <summary>What a policy rule does with a packet that matches (FR_ACT_*).</summary>
public enum RuleAction : byte
{
    Lookup = 1,
    Goto = 2,
    Nop = 3,
    Blackhole = 6,
    Unreachable = 7,
    Prohibit = 8,
}
