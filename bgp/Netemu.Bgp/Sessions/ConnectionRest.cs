using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>What a connection rarely has.</summary>
internal sealed class ConnectionRest
{
    public byte[]? Partial { get; set; }

    public SimTime DelayOpenDue { get; set; } = SimTime.Never;
}
