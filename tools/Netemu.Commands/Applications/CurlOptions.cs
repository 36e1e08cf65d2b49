using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Commands.Applications;

/// <summary>What a call of curl asks for.</summary>
internal sealed record CurlOptions
{
    public required string Url { get; init; }

    public string Host { get; init; } = string.Empty;

    public ushort Port { get; init; } = 80;

    public string Path { get; init; } = "/";

    public string Method { get; init; } = "GET";

    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];

    public string? Data { get; init; }

    public bool IsSilent { get; init; }

    public bool ShowsErrors { get; init; }

    public bool IsVerbose { get; init; }

    public bool ShowsHead { get; init; }

    public bool Fails { get; init; }

    public bool Follows { get; init; }

    /// <summary>-o: the answer goes into a file, that is nowhere.</summary>
    public string? OutputFile { get; init; }

    public string WriteOut { get; init; } = string.Empty;

    public string UserAgent { get; init; } = "curl/7.88.1";

    public Duration MaximumTime { get; init; }

    public Duration ConnectTimeout { get; init; } = Duration.FromSeconds(300);

    public AddressFamily? Family { get; init; }

    /// <summary>--interface: a device or an address.</summary>
    public string? Interface { get; init; }

    public ushort LocalPort { get; init; }
}
