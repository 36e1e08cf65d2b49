using Netemu.Core.Time;
using Netemu.Engine.Processes;
using Netemu.Engine.Programs.Http;

namespace Netemu.Commands.Applications;

/// <summary>The two limits of curl: on all of it, and on connecting.</summary>
internal sealed class CurlTimer(Process process, HttpExchange exchange, WaitQueue waiting) : TimerEntry
{
    private SimTime _whole = SimTime.Never;
    private SimTime _connect;

    public bool IsOver { get; private set; }

    /// <summary>True if it was connecting that took too long.</summary>
    public bool IsConnectTimeout { get; private set; }

    public void Start(SimTime started, Duration whole, Duration connect)
    {
        _whole = whole > Duration.Zero ? started + whole : SimTime.Never;
        _connect = started + connect;
        process.Node.Schedule(this, _connect < _whole ? _connect : _whole);
    }

    public void Stop() => process.Node.Cancel(this);

    public override void Expire()
    {
        if (process.Now < _whole && exchange.Progress != HttpProgress.Connecting)
        {
            if (_whole != SimTime.Never)
            {
                process.Node.Schedule(this, _whole);
            }

            return;
        }

        IsOver = true;
        IsConnectTimeout = process.Now < _whole;
        waiting.Wake();
    }
}
