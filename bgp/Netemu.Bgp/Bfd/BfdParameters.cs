using Netemu.Core.Time;

namespace Netemu.Bgp.Bfd;

/// <summary>How often a session speaks and how much silence it bears; the defaults are FRR's.</summary>
public sealed record BfdParameters
{
    public Duration DesiredMinTx { get; init; } = Duration.FromMilliseconds(300);

    public Duration RequiredMinRx { get; init; } = Duration.FromMilliseconds(300);

    public byte DetectMultiplier { get; init; } = 3;

    public static BfdParameters Default { get; } = new();
}
