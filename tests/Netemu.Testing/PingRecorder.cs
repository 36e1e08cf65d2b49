using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;

namespace Netemu.Testing;

/// <summary>Sends echo requests from a namespace and writes down what comes back.</summary>
public sealed class PingRecorder : IPingHandler
{
    private readonly PingSocket _socket;
    private readonly List<string> _answers = [];
    private readonly List<SimTime> _times = [];
    private ushort _sequence;

    public PingRecorder(Node node)
        : this(node.Root)
    {
    }

    public PingRecorder(NetworkNamespace space) => _socket = new PingSocket(space, this);

    /// <summary>"reply FROM ttl=N", or "TYPE/CODE from FROM info=N", in the order of arrival.</summary>
    public IReadOnlyList<string> Answers => _answers;

    public IReadOnlyList<SimTime> Times => _times;

    public Errno Send(string destination, PingOptions? options = null) =>
        _socket.Send(InternetAddress.Parse(destination), ++_sequence, options ?? PingOptions.Default);

    public void OnEchoReply(PingSocket socket, InternetAddress from, ushort sequence, byte ttl, int size)
    {
        _answers.Add($"reply {from} ttl={ttl}");
        _times.Add(socket.Namespace.Node.Now);
    }

    public void OnError(PingSocket socket, IcmpError error)
    {
        _answers.Add($"{error.Type}/{error.Code} from {error.From} info={error.Information}");
        _times.Add(socket.Namespace.Node.Now);
    }
}
