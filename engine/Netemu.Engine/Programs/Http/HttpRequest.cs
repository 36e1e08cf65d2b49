using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Engine.Programs.Http;

/// <summary>What an HTTP client asks for, and of whom.</summary>
public sealed record HttpRequest
{
    public required InternetAddress Address { get; init; }

    public ushort Port { get; init; } = HttpServer.WellKnownPort;

    public string Method { get; init; } = "GET";

    public string Target { get; init; } = "/";

    /// <summary>The Host field.</summary>
    public required string Host { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];

    public byte[]? Body { get; init; }

    public StreamOptions Options { get; init; } = StreamOptions.Default;
}
