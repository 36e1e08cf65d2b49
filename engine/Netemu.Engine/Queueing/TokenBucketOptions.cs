namespace Netemu.Engine.Queueing;

/// <summary>The parameters of tbf, in bits per second and bytes.</summary>
public sealed record TokenBucketOptions
{
    public required long RateBitsPerSecond { get; init; }

    /// <summary>The bucket's size; a frame longer than it can never leave and is refused.</summary>
    public required long Burst { get; init; }

    /// <summary>Bytes that may wait.</summary>
    public required long Limit { get; init; }

    /// <summary>The rate at which the bucket may be emptied; 0 for none.</summary>
    public long PeakRateBitsPerSecond { get; init; }

    /// <summary>The second bucket's size, with a peak rate.</summary>
    public long MinimumBurst { get; init; }
}
