using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Sockets;

namespace Netemu.Live.Tests.IPv6;

/// <summary>Writes down what comes back for requests of the engine.</summary>
internal sealed class IPv6EchoRecorder : IPingHandler
{
    public HashSet<ushort> Open { get; } = [];

    public List<string> Lines { get; } = [];

    public void Sent(ushort sequence, Errno error)
    {
        if (error == Errno.None)
        {
            Open.Add(sequence);
        }
        else
        {
            Lines.Add($"errno {error}");
        }
    }

    public void OnEchoReply(PingSocket socket, InternetAddress from, ushort sequence, byte ttl, int size)
    {
        Open.Remove(sequence);
        Lines.Add(IPv6Answers.Reply(from, size));
    }

    public void OnError(PingSocket socket, IcmpError error)
    {
        Open.Remove(error.Sequence);
        Lines.Add(IPv6Answers.Error(error.From, error.Type, error.Code, error.Information));
    }
}
