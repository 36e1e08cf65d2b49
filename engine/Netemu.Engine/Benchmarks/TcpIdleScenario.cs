using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// Many established connections between two nodes that mostly say nothing: what an endpoint weighs, and what a few of them
/// talking costs while all the others stand. Operations are endpoints built; the rest stands in the name.
/// </summary>
public sealed class TcpIdleScenario : IByteStreamAcceptor, IByteStreamHandler
{
    private const ushort FirstPort = 1000;

    /// <summary>Fewer than the range of local ports has, so that each listener's share fits one pair of addresses.</summary>
    private const int PerListener = 25_000;
    private const int Burst = 500;
    private const int Talks = 200_000;

    private readonly byte[] _message = new byte[100];

    private readonly Emulation _emulation = new(EmulationOptions.Default);
    private readonly List<IByteStream> _clients = [];
    private readonly byte[] _buffer = new byte[256];
    private readonly Node _client;
    private long _received;

    private TcpIdleScenario(int listeners)
    {
        _client = Add("client", "10.0.0.1", out EthernetDevice left);
        Node server = Add("server", "10.0.0.2", out EthernetDevice right);
        _emulation.Connect(left, right, new LinkOptions { Delay = Duration.FromMicroseconds(100), QueueLimit = 1 << 20 });
        for (int i = 0; i < listeners; i++)
        {
            server.Root.Tcp.Listen(default, (ushort)(FirstPort + i), this, out _);
        }
    }

    /// <summary>Builds half as many connections as <paramref name="endpoints"/>, weighs them, and lets some of them talk.</summary>
    public static BenchFigures Run(int endpoints, Func<long> clock)
    {
        int connections = endpoints / 2;
        TcpIdleScenario scenario = new((connections / PerListener) + 1);
        scenario.Build(Burst);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = clock();
        scenario.Build(connections);
        long built = clock() - start;
        scenario._emulation.RunUntil(scenario._emulation.Now + Duration.FromSeconds(1));
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (2L * (connections - Burst));
        scenario.Talk(Talks / 10);
        int collections = GC.CollectionCount(2);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long talking = clock();
        scenario.Talk(Talks);
        talking = (clock() - talking) / Talks;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        collections = GC.CollectionCount(2) - collections;
        string name = $"tcp-idle ({2 * scenario._clients.Count} endpoints, {each} B each; {Talks} exchanges of 100 B among them: "
            + $"{talking} ns each, {collections} full collections)";
        return new BenchFigures(name, 2L * (connections - Burst), built, allocated, scenario._emulation.ComputeHash());
    }

    public IByteStreamHandler Accept(IByteStream stream) => this;

    public void OnConnected(IByteStream stream)
    {
    }

    public void OnReadable(IByteStream stream)
    {
        int count;
        while ((count = stream.Read(_buffer)) > 0)
        {
            _received += count;
        }
    }

    public void OnWritable(IByteStream stream)
    {
    }

    public void OnClosed(IByteStream stream, StreamCloseReason reason)
    {
    }

    private void Build(int connections)
    {
        while (_clients.Count < connections)
        {
            for (int i = 0; i < Burst; i++)
            {
                ushort port = (ushort)(FirstPort + (_clients.Count / PerListener));
                _clients.Add(_client.Root.Tcp.Connect(InternetAddress.Parse("10.0.0.2"), port, StreamOptions.Default, this));
            }

            _emulation.RunUntil(_emulation.Now + Duration.FromMilliseconds(1));
        }
    }

    /// <summary>One after another, in strides over all connections, so that each finds its state cold.</summary>
    private void Talk(int exchanges)
    {
        long target = _received;
        for (int i = 0; i < exchanges; i++)
        {
            int index = (int)((long)i * 7919 % _clients.Count);
            target += _clients[index].Write(_message);
            if (i % 100 == 99)
            {
                _emulation.RunUntil(_emulation.Now + Duration.FromMilliseconds(50));
            }
        }

        _emulation.RunUntil(_emulation.Now + Duration.FromMilliseconds(500));
        if (_received != target)
        {
            throw new InvalidOperationException($"{_received} bytes of {target} arrived");
        }
    }

    private Node Add(string name, string address, out EthernetDevice device)
    {
        Node node = _emulation.AddNode(name);
        device = new EthernetDevice(node.Root, "eth0");
        node.Root.IPv4.AddAddress(device, new InterfaceAddress<IPv4Address>(IPv4Address.Parse(address), 24));
        device.SetUp(true);
        return node;
    }
}
