namespace Netemu.Engine.Benchmarks;

/// <summary>What the routers of a <see cref="PolicyScenario"/> do with packets beside forwarding them.</summary>
public enum PolicyVariant
{
    /// <summary>Nothing is hooked in: the base that the others are compared with.</summary>
    None,

    /// <summary>Established flows: the connection table, then the first of the rules accepts.</summary>
    Established,

    /// <summary>Connections are not tracked: every packet is classified by all rules, of which the last accepts.</summary>
    EveryPacket,

    /// <summary>One rule looks into a set with as many addresses as there would be rules.</summary>
    Set,
}
