using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Pipe;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Tests;

/// <summary>A neighbour that says what the test tells it to, byte by byte, and records what it hears.</summary>
internal sealed class ScriptedPeer : IByteStreamHandler
{
    public const string Marker = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";

    private readonly PipeTransport _transport;
    private readonly InternetAddress _speaker;
    private OpenMessage _open;
    private readonly List<byte> _received = [];
    private IByteStream _stream;

    /// <param name="lab">Where the speaker lives.</param>
    /// <param name="node">This peer's number.</param>
    /// <param name="speaker">The speaker's number.</param>
    /// <param name="open">What to say of itself.</param>
    public ScriptedPeer(Laboratory lab, int node, int speaker, OpenMessage open)
    {
        _transport = lab.Network.AddNode(Laboratory.AddressOf(node));
        _speaker = Laboratory.AddressOf(speaker);
        _open = open;
        _stream = _transport.Connect(_speaker, 179, StreamOptions.Default, this);
    }

    public bool IsClosed { get; private set; }

    /// <summary>Whole messages as hex, without markers, in order: "04" for a KEEPALIVE, type and body.</summary>
    public List<string> Messages
    {
        get
        {
            List<string> messages = [];
            for (int at = 0; at + BgpMessage.HeaderSize <= _received.Count;)
            {
                int length = (_received[at + 16] << 8) | _received[at + 17];
                messages.Add(Convert.ToHexString(_received.Skip(at + 18).Take(length - 18).ToArray()));
                at += length;
            }

            return messages;
        }
    }

    /// <summary>Code and subcode of the NOTIFICATION that came, or "".</summary>
    public string Notification => Messages.Where(m => m.StartsWith("03", StringComparison.Ordinal)).Select(m => m[2..6]).FirstOrDefault("");

    public IEnumerable<string> Updates => Messages.Where(m => m.StartsWith("02", StringComparison.Ordinal));

    /// <summary>Hangs up without a word.</summary>
    public void Close() => _stream.Close();

    /// <summary>Connects once more; with another OPEN, if one is given.</summary>
    public void Reconnect(OpenMessage? open = null)
    {
        _open = open ?? _open;
        _received.Clear();
        IsClosed = false;
        _stream = _transport.Connect(_speaker, 179, StreamOptions.Default, this);
    }

    public void Send(string hex) => _stream.Write(Convert.FromHexString(hex));

    public void SendUpdate(string withdrawn, string attributes, string nlri)
    {
        int length = BgpMessage.MinimumUpdateSize + ((withdrawn.Length + attributes.Length + nlri.Length) / 2);
        Send(Marker + length.ToString("X4") + "02" + (withdrawn.Length / 2).ToString("X4") + withdrawn
            + (attributes.Length / 2).ToString("X4") + attributes + nlri);
    }

    void IByteStreamHandler.OnConnected(IByteStream stream)
    {
        byte[] bytes = new byte[512];
        int length = _open.Write(bytes);
        stream.Write(bytes.AsSpan(0, length));
        length = BgpMessage.WriteKeepalive(bytes);
        stream.Write(bytes.AsSpan(0, length));
    }

    void IByteStreamHandler.OnReadable(IByteStream stream)
    {
        byte[] bytes = new byte[70000];
        for (int read = stream.Read(bytes); read > 0; read = stream.Read(bytes))
        {
            _received.AddRange(bytes.AsSpan(0, read));
        }
    }

    void IByteStreamHandler.OnWritable(IByteStream stream)
    {
    }

    void IByteStreamHandler.OnClosed(IByteStream stream, StreamCloseReason reason) => IsClosed = true;

    /// <summary>An OPEN with the usual capabilities.</summary>
    public static OpenMessage Open(uint asNumber, int node, BgpCapabilities capabilities) => new()
    {
        As = asNumber,
        HoldTime = 90,
        Identifier = Laboratory.RouterId(node),
        Capabilities = capabilities,
    };
}
