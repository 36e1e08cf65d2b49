using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Mrt;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;

namespace Netemu.Bgp.Sockets;

/// <summary>One or several speakers on the machine's sockets, in the foreground, on the caller's thread.</summary>
public sealed class BgpDaemon : IBgpObserver
{
    private readonly SocketEventLoop _loop = new();
    private readonly List<BgpSpeaker> _speakers = [];
    private readonly TextWriter? _log;

    /// <param name="configurations">The speakers; they share their interning tables.</param>
    /// <param name="log">Session events, one line each; null for none.</param>
    /// <param name="messages">Takes everything that is heard as MRT; null for nobody.</param>
    public BgpDaemon(IEnumerable<BgpSpeakerConfiguration> configurations, TextWriter? log = null, Stream? messages = null)
    {
        _log = log;
        BgpTables tables = new();
        SocketTransport transport = new(_loop);
        foreach (BgpSpeakerConfiguration configuration in configurations)
        {
            _speakers.Add(new BgpSpeaker(configuration, new BgpServices
            {
                Scheduler = _loop,
                Transport = transport,
                Random = new RandomSource(Environment.ProcessId, configuration.Name),
                Tables = tables,
                Observer = messages is null ? this : new MrtMessageDump(messages, _loop, configuration.As, this),
            }));
        }
    }

    public IReadOnlyList<BgpSpeaker> Speakers => _speakers;

    /// <summary>Listens, connects, says so, and runs until cancelled; then every neighbour is told.</summary>
    public void Run(TextWriter output, CancellationToken cancellation)
    {
        foreach (BgpSpeaker speaker in _speakers)
        {
            speaker.Start();
        }

        output.WriteLine($"ready: {_speakers.Count} speaker(s)");
        output.Flush();
        _loop.Run(cancellation);
        foreach (BgpSpeaker speaker in _speakers)
        {
            speaker.Stop();
        }
    }

    /// <summary>Has a speaker's table printed as JSON, on the owner's thread. From any thread.</summary>
    public void Dump(TextWriter output) => _loop.Post(() =>
    {
        foreach (BgpSpeaker speaker in _speakers)
        {
            output.Write(Show.ShowRoutes.Json(speaker, AddressFamily.IPv4));
            if (speaker.PathCount(AddressFamily.IPv6) > 0)
            {
                output.Write(Show.ShowRoutes.Json(speaker, AddressFamily.IPv6));
            }
        }

        output.Flush();
    });

    void IBgpObserver.StateChanged(BgpSession session, BgpState from, BgpState to, BgpEvent cause) =>
        _log?.WriteLine($"{_loop.Now} {session.Address} {from} -> {to} ({cause})");

    void IBgpObserver.Notified(BgpSession session, BgpError error, bool sent) =>
        _log?.WriteLine($"{_loop.Now} {session.Address} NOTIFICATION {(sent ? "sent" : "received")}: {error}");

    void IBgpObserver.UpdateError(BgpSession session, BgpError error) =>
        _log?.WriteLine($"{_loop.Now} {session.Address} UPDATE error: {error}, attribute {error.Attribute}");
}
