using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Commands.Applications;

/// <summary>What a call of nc asks for.</summary>
internal sealed record NcOptions
{
    public string Host { get; init; } = string.Empty;

    public ushort FirstPort { get; init; }

    public ushort LastPort { get; init; }

    public bool Listens { get; init; }

    public bool KeepsListening { get; init; }

    public bool Udp { get; init; }

    public bool Scans { get; init; }

    public bool IsVerbose { get; init; }

    /// <summary>-N or -q: the end of the input ends the sending side.</summary>
    public bool ShutsDown { get; init; }

    public InternetAddress Source { get; init; }

    public ushort SourcePort { get; init; }

    /// <summary>-w: on connecting, and on silence; zero for none.</summary>
    public Duration Timeout { get; init; }

    public AddressFamily? Family { get; init; }

    public string Input { get; init; } = string.Empty;
}
