using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Sockets;

namespace Netemu.Live.Tests.Engine;

/// <content>Probes from the engine's own sockets.</content>
internal sealed partial class EngineNetwork
{
    private static readonly Duration BetweenRequests = Duration.FromMilliseconds(10);

    public IReadOnlyList<string> Ping(string space, string destination, PingProbe? probe = null)
    {
        probe ??= new PingProbe();
        EchoRecorder recorder = new();
        PingOptions options = new() { Size = probe.Size, Ttl = probe.Ttl, Discovery = probe.Discovery };
        PingSocket socket = new(Space(space), recorder);
        for (ushort sequence = 1; sequence <= probe.Count; sequence++)
        {
            ushort number = sequence;
            Do(() => recorder.Sent(number, socket.Send(InternetAddress.Parse(destination), number, options)));
            Run(BetweenRequests);
        }

        SimTime end = _emulation.Now + probe.Timeout;
        _emulation.RunUntil(end, () => recorder.Open.Count == 0);
        Do(socket.Close);
        return Tally.Of(recorder.Lines.Concat(recorder.Open.Select(_ => Answers.Timeout)));
    }

    public IReadOnlyList<string> Udp(string space, string destination, UdpProbe? probe = null)
    {
        probe ??= new UdpProbe();
        List<string> lines = [];
        List<UdpSocket> sockets = [];
        Do(() =>
        {
            foreach (string listener in probe.Listeners)
            {
                sockets.Add(Space(listener).Udp.Open(default, probe.Port, new DatagramRecorder(listener, lines), out _)!);
            }

            UdpSocket sender = Space(space).Udp.Open(default, 0, new DatagramRecorder(space, lines), out _)!;
            sender.Discovery = probe.Discovery;
            sockets.Add(sender);
            for (int i = 0; i < probe.Count; i++)
            {
                Errno error = sender.SendTo(InternetAddress.Parse(destination), probe.Port, new byte[probe.Size]);
                if (error != Errno.None)
                {
                    lines.Add($"errno {error}");
                }
            }
        });
        Run(probe.Timeout);
        Do(() => sockets.ForEach(socket => socket.Close()));
        return Tally.Of(lines);
    }
}
