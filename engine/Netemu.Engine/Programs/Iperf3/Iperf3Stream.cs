using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Programs.Iperf3;

/// <summary>
/// One stream of a test, at either end: sends blocks as fast as they are taken or at a rate, or counts what arrives. A
/// datagram begins with its time of sending and its number (iperf_udp.c).
/// </summary>
internal sealed class Iperf3Stream
{
    /// <summary>What writing or reading a block costs the processor; without it a test over the loopback had no end of bytes.</summary>
    private static readonly Duration _blockTime = Duration.FromMicroseconds(10);

    private readonly Process _process;
    private readonly DatagramSocket? _datagrams;
    private readonly InternetAddress _peer;
    private readonly ushort _peerPort;
    private SimTime _previousTransit;
    private long _expected;
    private bool _hasTransit;
    private long _retransmitsAtStart;

    public Iperf3Stream(Process process, int index, StreamSocket stream)
    {
        _process = process;
        Index = index;
        Stream = stream;
    }

    public Iperf3Stream(Process process, int index, DatagramSocket datagrams, InternetAddress peer, ushort peerPort)
    {
        _process = process;
        Index = index;
        _datagrams = datagrams;
        _peer = peer;
        _peerPort = peerPort;
    }

    /// <summary>The order of creation.</summary>
    public int Index { get; }

    /// <summary>The id in the results: 1, 3, 4, 5, ... (iperf_add_stream).</summary>
    public int Id => Index == 0 ? 1 : Index + 2;

    public StreamSocket? Stream { get; }

    public DatagramSocket? Datagrams => _datagrams;

    public InternetAddress LocalAddress => Stream?.LocalAddress ?? _datagrams!.Socket.LocalAddress;

    public ushort LocalPort => Stream?.LocalPort ?? _datagrams!.LocalPort;

    public InternetAddress RemoteAddress => Stream?.RemoteAddress ?? _peer;

    public ushort RemotePort => Stream?.RemotePort ?? _peerPort;

    public long Bytes { get; private set; }

    /// <summary>Datagrams sent, or the highest number received.</summary>
    public long Packets { get; private set; }

    public long Lost { get; private set; }

    public long OutOfOrder { get; private set; }

    /// <summary>RFC 1889's estimate, in nanoseconds.</summary>
    public long Jitter { get; private set; }

    public long Retransmits => (Stream?.Connection?.Retransmissions ?? 0) - _retransmitsAtStart;

    public Iperf3Counts Counts => new(Bytes, Packets, Lost, Retransmits);

    /// <summary>Sends until <paramref name="mayGoOn"/> says no or the connection ends.</summary>
    public ProcessTask SendAsync(int length, long bitrate, Func<bool> mayGoOn)
    {
        _retransmitsAtStart = Stream?.Connection?.Retransmissions ?? 0;
        return Stream is null ? SendDatagramsAsync(length, bitrate, mayGoOn) : SendBlocksAsync(Stream, length, bitrate, mayGoOn);
    }

    /// <summary>Counts what arrives until the stream ends.</summary>
    public ProcessTask ReceiveAsync(int length) => Stream is null ? ReceiveDatagramsAsync() : ReceiveBlocksAsync(Stream, length);

    /// <summary>A datagram that a server has taken off its socket for this stream.</summary>
    public void Take(byte[] payload)
    {
        if (payload.Length < 12)
        {
            return;
        }

        Bytes += payload.Length;
        long number = BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(8));
        if (number > _expected)
        {
            Lost += number - _expected - 1;
            _expected = number;
            Packets = number;
        }
        else
        {
            OutOfOrder++;
            Lost -= Lost > 0 ? 1 : 0;
        }

        SimTime sent = new((BinaryPrimitives.ReadUInt32BigEndian(payload) * 1_000_000_000L)
            + (BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(4)) * 1_000L));
        SimTime transit = new((_process.Now - sent).Nanoseconds);
        if (_hasTransit)
        {
            long change = Math.Abs((transit - _previousTransit).Nanoseconds);
            Jitter += (change - Jitter) / 16;
        }

        _previousTransit = transit;
        _hasTransit = true;
    }

    public void Close()
    {
        Stream?.Close();
        _datagrams?.Close();
    }

    private async ProcessTask SendBlocksAsync(StreamSocket stream, int length, long bitrate, Func<bool> mayGoOn)
    {
        byte[] block = new byte[length];
        for (int i = 0; i < length; i++)
        {
            block[i] = (byte)('0' + (i % 10));
        }

        SimTime start = _process.Now;
        while (mayGoOn() && stream.Error == Errno.None)
        {
            if (bitrate > 0 && DueIn(start, bitrate) is { Nanoseconds: > 0 } wait)
            {
                await _process.DelayAsync(wait);
                continue;
            }

            if (stream.Connection is { } connection && connection.UnacknowledgedBytes > Math.Max(2 * connection.CongestionWindow, length))
            {
                // tcp_sndbuf_expand: Linux lets a socket hold about twice what is in flight.
                await _process.DelayAsync(_blockTime * 10);
                continue;
            }

            int written = 0;
            while (written < length && mayGoOn() && stream.Error == Errno.None)
            {
                stream.Writable.Reset();
                int count = stream.Write(block.AsSpan(written));
                written += count;
                Bytes += count;
                if (written < length)
                {
                    await stream.Writable;
                }
            }

            await _process.DelayAsync(_blockTime);
        }
    }

    private async ProcessTask SendDatagramsAsync(int length, long bitrate, Func<bool> mayGoOn)
    {
        byte[] datagram = new byte[length];
        SimTime start = _process.Now;
        while (mayGoOn())
        {
            Duration wait = bitrate > 0 ? DueIn(start, bitrate) : _blockTime;
            if (wait.Nanoseconds > 0)
            {
                await _process.DelayAsync(wait);
                if (!mayGoOn())
                {
                    return;
                }
            }

            Packets++;
            long now = _process.Now.Nanoseconds;
            BinaryPrimitives.WriteUInt32BigEndian(datagram, (uint)(now / 1_000_000_000));
            BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(4), (uint)(now % 1_000_000_000 / 1_000));
            BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(8), (uint)Packets);
            _datagrams!.SendTo(_peer, _peerPort, datagram);
            Bytes += length;
        }
    }

    private async ProcessTask ReceiveBlocksAsync(StreamSocket stream, int length)
    {
        byte[] block = new byte[length];
        int count;
        while ((count = await stream.ReadAsync(block)) > 0)
        {
            Bytes += count;
        }
    }

    private async ProcessTask ReceiveDatagramsAsync()
    {
        while (!_datagrams!.IsClosed)
        {
            if (await _datagrams.ReceiveAsync() is { } datagram)
            {
                Take(datagram.Payload);
            }
        }
    }

    /// <summary>How long until so many bytes may have been sent at that rate.</summary>
    private Duration DueIn(SimTime start, long bitrate) =>
        start + Duration.FromNanoseconds((long)((Int128)Bytes * 8 * 1_000_000_000 / bitrate)) - _process.Now;
}
