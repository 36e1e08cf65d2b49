using System;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// One TCP connection between two nodes over 100 Gbit/s and 10 us, MTU 1500, checksums written and hash on: bytes are copied
/// in by the sender and out by the receiver.
/// </summary>
public sealed class TcpScenario
{
    private const ushort Port = 5001;
    private const int ChunkSize = 65_536;
    private const int Slices = 8;

    private readonly Emulation _emulation = new(EmulationOptions.Default);
    private readonly Receiver _receiver = new();

    /// <summary>
    /// Builds both ends; <paramref name="window"/> is the receive buffer, which bounds what is in flight. Without
    /// <paramref name="offload"/> each segment is sent and received by itself; the hash is the same.
    /// </summary>
    public TcpScenario(int window = 512 << 10, bool offload = true)
    {
        Node client = Add("client", "10.0.0.1", window, out EthernetDevice left);
        Node server = Add("server", "10.0.0.2", window, out EthernetDevice right);
        LinkOptions link = new()
        {
            Delay = Duration.FromMicroseconds(10),
            RateBitsPerSecond = 100_000_000_000,
            QueueLimit = 1 << 20,
        };
        _emulation.Connect(left, right, link);
        foreach (EthernetDevice device in (EthernetDevice[])[left, right])
        {
            device.SegmentationOffload = offload;
            device.Namespace.WritableSettings.Tcp.EarlyDemux = offload;
        }

        server.Root.Tcp.Listen(default, Port, _receiver, out _);
        client.Root.Tcp.Connect(InternetAddress.Parse("10.0.0.2"), Port, StreamOptions.Default, new Sender());
    }

    /// <summary>
    /// Moves <paramref name="bytes"/> in slices after a warm-up of as many; operations are bytes, so that a million a
    /// second is a megabyte a second.
    /// </summary>
    public BenchFigures Run(Func<long> clock, long bytes = 1L << 30)
    {
        SimTime end = SimTime.Zero;
        Move(bytes, ref end);
        long before = _receiver.Count;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = clock();
        double best = double.MaxValue;
        for (int i = 0; i < Slices; i++)
        {
            long count = _receiver.Count;
            long began = clock();
            Move(bytes / Slices, ref end);
            best = Math.Min(best, (double)(clock() - began) / (_receiver.Count - count));
        }

        return new BenchFigures(
            "tcp",
            _receiver.Count - before,
            clock() - start,
            GC.GetAllocatedBytesForCurrentThread() - allocated,
            _emulation.ComputeHash(),
            best);
    }

    private void Move(long bytes, ref SimTime end)
    {
        long target = _receiver.Count + bytes;
        while (_receiver.Count < target)
        {
            end += Duration.FromMilliseconds(1);
            _emulation.RunUntil(end);
        }
    }

    private Node Add(string name, string address, int window, out EthernetDevice device)
    {
        Node node = _emulation.AddNode(name);
        device = new EthernetDevice(node.Root, "eth0");
        node.Root.IPv4.AddAddress(device, new InterfaceAddress<IPv4Address>(IPv4Address.Parse(address), 24));
        node.Root.WritableSettings.Tcp.ReceiveBuffer = window;
        node.Root.WritableSettings.Tcp.SendBuffer = window;
        device.SetUp(true);
        return node;
    }

    private sealed class Sender : IByteStreamHandler
    {
        private readonly byte[] _chunk = new byte[ChunkSize];

        public Sender()
        {
            for (int i = 0; i < _chunk.Length; i++)
            {
                _chunk[i] = (byte)i;
            }
        }

        public void OnConnected(IByteStream stream) => OnWritable(stream);

        public void OnReadable(IByteStream stream)
        {
        }

        public void OnWritable(IByteStream stream)
        {
            while (stream.Write(_chunk) == _chunk.Length)
            {
            }
        }

        public void OnClosed(IByteStream stream, StreamCloseReason reason)
        {
        }
    }

    private sealed class Receiver : IByteStreamAcceptor, IByteStreamHandler
    {
        private readonly byte[] _buffer = new byte[ChunkSize];

        public long Count { get; private set; }

        public IByteStreamHandler Accept(IByteStream stream) => this;

        public void OnConnected(IByteStream stream)
        {
        }

        public void OnReadable(IByteStream stream)
        {
            int count;
            while ((count = stream.Read(_buffer)) > 0)
            {
                Count += count;
            }
        }

        public void OnWritable(IByteStream stream)
        {
        }

        public void OnClosed(IByteStream stream, StreamCloseReason reason)
        {
        }
    }
}
