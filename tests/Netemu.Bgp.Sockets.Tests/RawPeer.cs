using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>
/// A neighbour on an OS socket that says exactly the bytes it is told to, and notes what it hears: whether it is Established,
/// the NOTIFICATION that ended it, and each IPv4 prefix with the AS path of its last announcement.
/// </summary>
internal sealed class RawPeer : IDisposable
{
    private const string Marker = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";
    private const int HeaderSize = 19;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Dictionary<string, List<string>> _routes = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly uint _asNumber;
    private readonly IPAddress _local;
    private Thread? _reader;

    public RawPeer(string local, uint asNumber)
    {
        _local = IPAddress.Parse(local);
        _asNumber = asNumber;
    }

    public bool IsEstablished { get; private set; }

    /// <summary>Code and subcode of the NOTIFICATION, "closed" for an end without one, "" while it stands.</summary>
    public string Ending { get; private set; } = "";

    /// <summary>Connects once; false if nobody answers yet.</summary>
    public bool TryConnect(string remote, int port)
    {
        try
        {
            _socket.Bind(new IPEndPoint(_local, 0));
            _socket.Connect(IPAddress.Parse(remote), port);
        }
        catch (SocketException)
        {
            return false;
        }

        // Version 4, hold time 180, four-octet AS, IPv4 and IPv6 unicast.
        byte[] identifier = _local.GetAddressBytes();
        string capabilities = "02060104000100010206010400020001" + "02064104" + _asNumber.ToString("X8");
        Send("01", "04" + (_asNumber & 0xFFFF).ToString("X4") + "00B4" + Convert.ToHexString(identifier)
            + (capabilities.Length / 2).ToString("X2") + capabilities);
        Send("04", "");
        _reader = new Thread(Read) { IsBackground = true };
        _reader.Start();
        return true;
    }

    public void SendUpdate(string attributes, string nlri) =>
        Send("02", "0000" + (attributes.Length / 2).ToString("X4") + attributes + nlri);

    /// <summary>The AS path that a prefix came with, "withdrawn", or "" if it never came.</summary>
    public string PathOf(string nlri)
    {
        lock (_lock)
        {
            return _routes.TryGetValue(nlri, out List<string>? history) ? history[^1] : "";
        }
    }

    /// <summary>Everything that was said of a prefix, in order: the AS path it came with, or "withdrawn".</summary>
    public IReadOnlyList<string> HistoryOf(string nlri)
    {
        lock (_lock)
        {
            return _routes.TryGetValue(nlri, out List<string>? history) ? [.. history] : [];
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _reader?.Join();
    }

    private void Send(string type, string body)
    {
        try
        {
            _socket.Send(Convert.FromHexString(Marker + (HeaderSize + (body.Length / 2)).ToString("X4") + type + body));
        }
        catch (SocketException)
        {
            // The other side has ended it; the reader knows why.
        }
    }

    private void Read()
    {
        byte[] buffer = new byte[70_000];
        int filled = 0;
        try
        {
            for (int read = _socket.Receive(buffer); read > 0; read = _socket.Receive(buffer.AsSpan(filled)))
            {
                filled += read;
                int at = 0;
                while (filled - at >= HeaderSize && filled - at >= Length(buffer, at))
                {
                    int length = Length(buffer, at);
                    Handle(buffer[at + 18], buffer.AsSpan(at + HeaderSize, length - HeaderSize));
                    at += length;
                }

                buffer.AsSpan(at, filled - at).CopyTo(buffer);
                filled -= at;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The end; what was heard before is noted.
        }

        Ending = Ending.Length > 0 ? Ending : "closed";
        IsEstablished = false;
    }

    private static int Length(byte[] buffer, int at) => BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(at + 16));

    private void Handle(byte type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case 2:
                ReadUpdate(body);
                break;
            case 3:
                Ending = Convert.ToHexString(body[..2]);
                break;
            case 4:
                IsEstablished = true;
                break;
        }
    }

    private void ReadUpdate(ReadOnlySpan<byte> body)
    {
        int withdrawn = BinaryPrimitives.ReadUInt16BigEndian(body);
        ReadOnlySpan<byte> gone = body.Slice(2, withdrawn);
        int attributes = BinaryPrimitives.ReadUInt16BigEndian(body[(2 + withdrawn)..]);
        string path = PathIn(body.Slice(4 + withdrawn, attributes));
        Note(gone, "withdrawn");
        Note(body[(4 + withdrawn + attributes)..], path);
    }

    private void Note(ReadOnlySpan<byte> nlri, string what)
    {
        lock (_lock)
        {
            while (!nlri.IsEmpty)
            {
                int size = 1 + ((nlri[0] + 7) / 8);
                string prefix = Convert.ToHexString(nlri[..size]);
                if (!_routes.TryGetValue(prefix, out List<string>? history))
                {
                    _routes.Add(prefix, history = []);
                }

                history.Add(what);
                nlri = nlri[size..];
            }
        }
    }

    private static string PathIn(ReadOnlySpan<byte> attributes)
    {
        while (attributes.Length > 3)
        {
            bool extended = (attributes[0] & 0x10) != 0;
            int head = extended ? 4 : 3;
            int length = extended ? BinaryPrimitives.ReadUInt16BigEndian(attributes[2..]) : attributes[2];
            if (attributes[1] == 2)
            {
                return "path " + Convert.ToHexString(attributes.Slice(head, length));
            }

            attributes = attributes[(head + length)..];
        }

        return "path";
    }
}
