using Netemu.Core.Time;
using Netemu.Engine.Programs.Dns;

namespace Netemu.Commands.Applications;

/// <summary>What a call of dig asks for.</summary>
internal sealed record DigOptions
{
    /// <summary>After @; null for the first server of resolv.conf.</summary>
    public string? Server { get; init; }

    public ushort Port { get; init; } = DnsServer.WellKnownPort;

    public string Name { get; init; } = string.Empty;

    public DnsType Type { get; init; } = DnsType.A;

    public bool IsShort { get; init; }

    public bool UsesTcp { get; init; }

    public bool Recurses { get; init; } = true;

    public bool ShowsAll { get; init; } = true;

    public bool ShowsAnswer { get; init; } = true;

    public Duration Time { get; init; } = Duration.FromSeconds(5);

    public int Tries { get; init; } = 3;
}
