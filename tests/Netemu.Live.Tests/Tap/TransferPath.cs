using Netemu.Core.Time;

namespace Netemu.Live.Tests.Tap;

/// <summary>What lies between the kernel and the emulated host.</summary>
public sealed record TransferPath(string Name)
{
    public Duration Delay { get; init; } = Duration.FromMicroseconds(50);

    public int LossPermille { get; init; }

    public int ReorderPermille { get; init; }

    /// <summary>The receive buffers of both ends; 0 for the defaults.</summary>
    public int Window { get; init; }

    /// <summary>The MTU of the middle link.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>
    /// The most segments that are sent again because a router refused the initial window of 10 with "fragmentation needed": each of
    /// the ten goes in as many pieces as the path makes of it.
    /// </summary>
    public int Refused => Mtu == 1500 ? 0 : 10 * ((1448 + Mtu - 53) / (Mtu - 52));

    /// <summary>Nothing on the way may lose or reorder: then nothing may be sent twice.</summary>
    public bool IsClean => LossPermille == 0 && ReorderPermille == 0;

    public static TransferPath[] All =>
    [
        new("clean"),
        new("loss 1 %") { LossPermille = 10 },
        new("reorder 1 %") { ReorderPermille = 10 },
        new("20 ms") { Delay = Duration.FromMilliseconds(10) },
        new("small window") { Window = 16 * 1024 },
        new("narrow MTU") { Mtu = 620 },
    ];

    public override string ToString() => Name;
}
