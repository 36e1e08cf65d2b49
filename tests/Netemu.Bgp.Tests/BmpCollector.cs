using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Bgp.Bmp;
using Netemu.Bgp.Pipe;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Tests;

/// <summary>A monitoring station on the pipe that keeps what it hears, message by message.</summary>
internal sealed class BmpCollector : IByteStreamAcceptor, IByteStreamHandler
{
    /// <summary>Octets of the common header and of the per-peer header (RFC 7854 sections 4.1 and 4.2).</summary>
    private const int CommonHeader = 6;
    private const int PeerHeader = 42;

    private readonly List<byte> _received = [];
    private readonly PipeTransport _transport;
    private IByteStream? _stream;

    public BmpCollector(Laboratory lab, int node)
    {
        _transport = lab.Network.AddNode(Laboratory.AddressOf(node));
        Open();
    }

    public int Connections { get; private set; }

    public bool IsClosed { get; private set; }

    private IByteStreamListener? Listener { get; set; }

    /// <summary>Whole messages with their headers.</summary>
    public List<byte[]> Messages
    {
        get
        {
            List<byte[]> messages = [];
            for (int at = 0; at + CommonHeader <= _received.Count;)
            {
                Assert.Equal(3, _received[at]);
                int length = (_received[at + 1] << 24) | (_received[at + 2] << 16) | (_received[at + 3] << 8) | _received[at + 4];
                messages.Add([.. _received.Skip(at).Take(length)]);
                at += length;
            }

            return messages;
        }
    }

    /// <summary>The types in order, as "4 3 0 0".</summary>
    public string Types => string.Join(' ', Messages.Select(m => m[5].ToString(CultureInfo.InvariantCulture)));

    /// <summary>What follows the per-peer header in the messages of a type, as hex.</summary>
    public List<string> Of(BmpMessageType type) =>
        [.. Messages.Where(m => m[5] == (byte)type).Select(m => Convert.ToHexString(m.AsSpan(CommonHeader + PeerHeader)))];

    /// <summary>The UPDATEs as hex without marker, length and type, each after its neighbour's last octet and "pre" or "post".</summary>
    public List<string> Updates =>
    [
        .. Messages.Where(m => m[5] == (byte)BmpMessageType.RouteMonitoring).Select(m =>
            $"{m[CommonHeader + 25]} {((m[CommonHeader + 1] & 0x40) != 0 ? "post" : "pre")} "
            + Convert.ToHexString(m.AsSpan(CommonHeader + PeerHeader + 19))),
    ];

    public void Forget() => _received.Clear();

    public void Open() => Listener = _transport.Listen(Laboratory.AddressOf(9), BmpStation.UsualPort, StreamOptions.Default, this);

    /// <summary>The station's program ends; its machine stays.</summary>
    public void Close()
    {
        Listener?.Close();
        _stream?.Abort();
        _received.Clear();
    }

    public IByteStreamHandler? Accept(IByteStream stream)
    {
        Connections++;
        _stream = stream;
        IsClosed = false;
        return this;
    }

    public void OnConnected(IByteStream stream)
    {
    }

    public void OnReadable(IByteStream stream)
    {
        byte[] bytes = new byte[70000];
        for (int read = stream.Read(bytes); read > 0; read = stream.Read(bytes))
        {
            _received.AddRange(bytes.AsSpan(0, read));
        }
    }

    public void OnWritable(IByteStream stream)
    {
    }

    public void OnClosed(IByteStream stream, StreamCloseReason reason) => IsClosed = true;
}
