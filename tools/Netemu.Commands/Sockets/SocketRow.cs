namespace Netemu.Commands.Sockets;

/// <summary>One line of ss or netstat, before it is laid out.</summary>
internal sealed record SocketRow(
    string Protocol, string State, long Received, long Sent, string LocalAddress, string LocalPort, string PeerAddress, string PeerPort)
{
    /// <summary>The owner, for -p; null for none.</summary>
    public string? Owner { get; init; }

    /// <summary>The engine's socket.</summary>
    public object? Socket { get; init; }

    /// <summary>pid and name as netstat shows them.</summary>
    public string? Program { get; init; }

    /// <summary>-o.</summary>
    public string? Timer { get; init; }

    /// <summary>-i.</summary>
    public string? Details { get; init; }

    public bool IsIPv6 => LocalAddress.StartsWith('[');
}
