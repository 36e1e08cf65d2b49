using Netemu.Core.Time;

namespace Netemu.Felix.Dataplane;

/// <summary>
/// What Felix's operations cost in virtual time. Zero applies everything in one instant; a set of costs opens the windows
/// between tables that a real node has.
/// </summary>
public sealed record FelixServiceTime
{
    /// <summary>Nothing costs anything.</summary>
    public static FelixServiceTime Zero { get; } = new();

    /// <summary>
    /// A process start and a read of the table before each write; then 18 us a line of the table (iptables-restore of
    /// 695,992 lines took 12.8 s, kubernetes issue 96018) and 2.6 us a member of a set (100,000 members in 0.26 s).
    /// </summary>
    public static FelixServiceTime Calibrated { get; } = new()
    {
        TableBase = Duration.FromMilliseconds(4),
        TableLine = Duration.FromMicroseconds(18),
        SetBase = Duration.FromMilliseconds(1),
        SetMember = Duration.FromNanoseconds(2_600),
        Route = Duration.FromMicroseconds(20),
    };

    public Duration TableBase { get; init; }

    public Duration TableLine { get; init; }

    public Duration SetBase { get; init; }

    public Duration SetMember { get; init; }

    public Duration Route { get; init; }

    /// <summary>The cost of writing a table that then has that many rules.</summary>
    public Duration OfTable(int rules) => TableBase + (TableLine * rules);

    /// <summary>The cost of writing that many members.</summary>
    public Duration OfSet(int members) => SetBase + (SetMember * members);
}
