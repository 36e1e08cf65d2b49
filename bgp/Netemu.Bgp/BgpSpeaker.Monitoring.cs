using Netemu.Bgp.Bmp;
using Netemu.Bgp.Sessions;

namespace Netemu.Bgp;

/// <summary>The stations that watch this speaker (RFC 7854).</summary>
public sealed partial class BgpSpeaker
{
    /// <summary>What the stations are told; null without stations.</summary>
    public BmpMonitor? Monitor { get; private set; }

    /// <summary>The neighbour of a number; null if there is none (any more).</summary>
    internal BgpSession? SessionAt(ushort number) => number < _sessions.Count ? _sessions[number] : null;

    /// <summary>Brings the connections to the stations to what the configuration says.</summary>
    private void ApplyStations()
    {
        if (IsRunning && Configuration.Stations.Count > 0)
        {
            Monitor ??= new BmpMonitor(this);

            // A station's walk over the rows goes on after other things have happened.
            _ipv4.NameRows();
            _ipv6.NameRows();
        }

        Monitor?.SetStations(Configuration.Stations);
        Monitor = Configuration.Stations.Count > 0 ? Monitor : null;
    }

    private void StopMonitoring(bool destroyed)
    {
        Monitor?.Stop(destroyed);
        Monitor = null;
    }
}
