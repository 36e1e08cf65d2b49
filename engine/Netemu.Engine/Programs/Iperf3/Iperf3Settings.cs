using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Engine.Programs.Iperf3;

/// <summary>What a client asks for, in the words of iperf3's options.</summary>
public sealed record Iperf3Settings
{
    public const int DefaultStreamLength = 131_072;
    public const long DefaultDatagramBitrate = 1_048_576;

    public InternetAddress Server { get; init; }

    /// <summary>The server as it was written.</summary>
    public string Host { get; init; } = string.Empty;

    public ushort Port { get; init; } = Iperf3Server.WellKnownPort;

    public bool Udp { get; init; }

    /// <summary>-R: the server sends.</summary>
    public bool Reverse { get; init; }

    /// <summary>-P.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>-t; zero where bytes or blocks end the test.</summary>
    public Duration Time { get; init; } = Duration.FromSeconds(10);

    /// <summary>-n: the test ends after so many bytes of all streams; 0 for no such end.</summary>
    public long Bytes { get; init; }

    /// <summary>-k: after so many blocks.</summary>
    public long Blocks { get; init; }

    /// <summary>-l; 0 for the default of the transport.</summary>
    public int Length { get; init; }

    /// <summary>-b, in bit/s for each stream; 0 for as fast as it goes.</summary>
    public long Bitrate { get; init; }

    /// <summary>-i; zero for no lines between.</summary>
    public Duration Interval { get; init; } = Duration.FromSeconds(1);

    /// <summary>-N.</summary>
    public bool NoDelay { get; init; }

    /// <summary>-C.</summary>
    public string Congestion { get; init; } = string.Empty;

    /// <summary>-B.</summary>
    public InternetAddress Bind { get; init; }

    /// <summary>-S.</summary>
    public byte TypeOfService { get; init; }
}
