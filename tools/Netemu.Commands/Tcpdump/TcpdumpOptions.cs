namespace Netemu.Commands.Tcpdump;

/// <summary>What a call of tcpdump asks for.</summary>
internal sealed record TcpdumpOptions
{
    /// <summary>-c; 0 for no end.</summary>
    public long Count { get; init; }

    public bool ShowsEthernet { get; init; }

    public bool IsQuiet { get; init; }

    public bool IsVerbose { get; init; }

    public bool IsWithoutTime { get; init; }

    public bool ShowsSeconds { get; init; }

    /// <summary>-i any.</summary>
    public bool AllDevices { get; init; }

    /// <summary>-Q: in, out or inout.</summary>
    public string Direction { get; init; } = "inout";
}
