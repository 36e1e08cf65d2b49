using Netemu.Core.Time;

namespace Netemu.Commands.Probes;

/// <summary>What arping's options say.</summary>
internal sealed record ArpingOptions
{
    /// <summary>How many to send; 0 for no end.</summary>
    public long Count { get; init; }

    public Duration Interval { get; init; } = Duration.FromSeconds(1);

    /// <summary>When to stop; zero for never.</summary>
    public Duration Timeout { get; init; }

    public bool QuitsOnReply { get; init; }

    public bool IsQuiet { get; init; }

    public bool KeepsBroadcasting { get; init; }

    public bool IsDuplicateDetection { get; init; }

    public bool IsUnsolicited { get; init; }

    public bool IsAnswer { get; init; }
}
