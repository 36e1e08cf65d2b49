using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Sockets;

namespace Netemu.Live.Tests.Engine;

/// <summary>Writes down what a ping socket is told.</summary>
internal sealed class EchoRecorder : IPingHandler
{
    private readonly HashSet<ushort> _answered = [];

    public List<string> Lines { get; } = [];

    /// <summary>Sequence numbers without an answer yet.</summary>
    public HashSet<ushort> Open { get; } = [];

    public void Sent(ushort sequence, Errno error)
    {
        if (error == Errno.None)
        {
            // An answer from the own namespace may have come before the call returned.
            if (!_answered.Contains(sequence))
            {
                Open.Add(sequence);
            }
        }
        else
        {
            Lines.Add($"errno {error}");
        }
    }

    public void OnEchoReply(PingSocket socket, InternetAddress from, ushort sequence, byte ttl, int size)
    {
        Close(sequence);
        Lines.Add(Answers.Reply(from, ttl, size));
    }

    public void OnError(PingSocket socket, IcmpError error)
    {
        Lines.Add(Answers.Error(error.From, error.Type, error.Code, error.Information));
        if ((IcmpType)error.Type != IcmpType.Redirect)
        {
            Close(error.Sequence);
        }
    }

    private void Close(ushort sequence)
    {
        _answered.Add(sequence);
        Open.Remove(sequence);
    }
}
