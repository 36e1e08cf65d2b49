using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Sockets;
using AddressFamily = System.Net.Sockets.AddressFamily;

namespace Netemu.Live.Tests.Kernel;

/// <content>Probes from raw and datagram sockets made inside a namespace.</content>
internal sealed partial class KernelNetwork
{
    // linux/in.h.
    private const int IPPROTO_IP = 0;
    private const int IP_TTL = 2;
    private const int IP_MTU_DISCOVER = 10;

    private static readonly TimeSpan BetweenRequests = TimeSpan.FromMilliseconds(10);

    private ushort _identifier = 0x4000;

    public IReadOnlyList<string> Ping(string space, string destination, PingProbe? probe = null)
    {
        probe ??= new PingProbe();
        ushort identifier = ++_identifier;
        using Socket socket = OpenRaw(space);
        Shape(socket, probe.Discovery, probe.Ttl);
        List<string> lines = [];
        HashSet<ushort> open = [];
        for (ushort sequence = 1; sequence <= probe.Count; sequence++)
        {
            byte[] request = new byte[IcmpHeader.Size + probe.Size];
            IcmpHeader.Write(request, IcmpType.EchoRequest, 0, ((uint)identifier << 16) | sequence);
            if (SendTo(socket, request, destination, 0) is { } error)
            {
                lines.Add(error);
                continue;
            }

            open.Add(sequence);
            ReadEchoAnswers(socket, identifier, open, lines, BetweenRequests, waitForAll: false);
        }

        ReadEchoAnswers(socket, identifier, open, lines, probe.Timeout, waitForAll: true);
        foreach (ushort _ in open)
        {
            lines.Add(Answers.Timeout);
        }

        return Tally.Of(lines);
    }

    public IReadOnlyList<string> Udp(string space, string destination, UdpProbe? probe = null)
    {
        probe ??= new UdpProbe();
        List<string> lines = [];
        List<(string Space, Socket Socket)> listeners = [];
        using Socket icmp = OpenRaw(space);
        using Socket sender = NamespaceThread.Run(_prefix + space, () => OpenUdp(new IPEndPoint(IPAddress.Any, 0)));
        sender.EnableBroadcast = true;
        Shape(sender, probe.Discovery, ttl: 0);
        foreach (string listener in probe.Listeners)
        {
            listeners.Add((listener, NamespaceThread.Run(_prefix + listener, () => OpenUdp(new IPEndPoint(IPAddress.Any, probe.Port)))));
        }

        for (int i = 0; i < probe.Count; i++)
        {
            if (SendTo(sender, new byte[probe.Size], destination, probe.Port) is { } error)
            {
                lines.Add(error);
            }
        }

        Wait(probe.Timeout);
        ReadUdpErrors(icmp, (ushort)((IPEndPoint)sender.LocalEndPoint!).Port, lines);
        foreach ((string listener, Socket socket) in listeners)
        {
            ReadDatagrams(listener, socket, lines);
            socket.Dispose();
        }

        return Tally.Of(lines);
    }

    /// <summary>
    /// Takes a port, which the probe before may just have given back: a process that some other test starts meanwhile has a copy of
    /// every descriptor from its fork to its exec, so that the port may be in use a moment longer.
    /// </summary>
    private static Socket OpenUdp(IPEndPoint end)
    {
        const int Tries = 100;
        for (int i = 1; ; i++)
        {
            Socket socket = new(end.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                socket.Bind(end);
                return socket;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse && i < Tries)
            {
                socket.Dispose();
                Thread.Sleep(TimeSpan.FromMilliseconds(10));
            }
        }
    }

    private static void ReadDatagrams(string listener, Socket socket, List<string> lines)
    {
        byte[] buffer = new byte[65_536];
        while (socket.Poll(0, SelectMode.SelectRead))
        {
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            int size = socket.ReceiveFrom(buffer, ref from);
            lines.Add(Answers.Received(listener, InternetAddress.Parse(((IPEndPoint)from).Address.ToString()), size));
        }
    }

    /// <summary>Sends, and says which errno came back, if one did.</summary>
    private static string? SendTo(Socket socket, byte[] bytes, string destination, int port)
    {
        try
        {
            socket.SendTo(bytes, new IPEndPoint(IPAddress.Parse(destination), port));
            return null;
        }
        catch (SocketException exception)
        {
            return $"errno {(Errno)exception.NativeErrorCode}";
        }
    }

    private static void Shape(Socket socket, PathMtuDiscovery discovery, byte ttl)
    {
        // IP_PMTUDISC_DONT, WANT, DO, PROBE.
        int value = discovery switch
        {
            PathMtuDiscovery.Dont => 0,
            PathMtuDiscovery.Want => 1,
            PathMtuDiscovery.Do => 2,
            _ => 3,
        };
        SetOption(socket, IP_MTU_DISCOVER, value);
        if (ttl > 0)
        {
            SetOption(socket, IP_TTL, ttl);
        }
    }

    private static void SetOption(Socket socket, int name, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        socket.SetRawSocketOption(IPPROTO_IP, name, bytes);
    }

    private static void ReadEchoAnswers(
        Socket socket, ushort identifier, HashSet<ushort> open, List<string> lines, TimeSpan patience, bool waitForAll)
    {
        byte[] buffer = new byte[65_536];
        long start = Stopwatch.GetTimestamp();
        while (!waitForAll || open.Count > 0)
        {
            TimeSpan left = patience - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || !socket.Poll(left, SelectMode.SelectRead))
            {
                return;
            }

            int length = socket.Receive(buffer);
            if (IPv4Header.TryParseStructure(buffer.AsSpan(0, length), out IPv4Header ip) != WireError.None
                || IcmpHeader.TryParse(ip.Payload, out IcmpHeader icmp) != WireError.None)
            {
                continue;
            }

            if (icmp.Type == IcmpType.EchoReply && icmp.Identifier == identifier)
            {
                open.Remove(icmp.SequenceNumber);
                lines.Add(Answers.Reply(ip.Source, ip.Ttl, icmp.Payload.Length));
            }
            else if (icmp.IsError && QuotedEcho(icmp, identifier) is { } sequence)
            {
                lines.Add(Answers.Error(ip.Source, (byte)icmp.Type, icmp.Code, icmp.Rest));
                if (icmp.Type != IcmpType.Redirect)
                {
                    open.Remove(sequence);
                }
            }
        }
    }

    private static ushort? QuotedEcho(IcmpHeader error, ushort identifier)
    {
        Span<byte> quoted = error.Payload;
        int header = (quoted[0] & 0xF) * 4;
        bool isOurs = quoted[9] == (byte)IPProtocol.Icmp
            && quoted[header] == (byte)IcmpType.EchoRequest
            && BinaryPrimitives.ReadUInt16BigEndian(quoted[(header + 4)..]) == identifier;
        return isOurs ? BinaryPrimitives.ReadUInt16BigEndian(quoted[(header + 6)..]) : null;
    }

    private static void ReadUdpErrors(Socket socket, ushort port, List<string> lines)
    {
        byte[] buffer = new byte[65_536];
        while (socket.Poll(0, SelectMode.SelectRead))
        {
            int length = socket.Receive(buffer);
            if (IPv4Header.TryParseStructure(buffer.AsSpan(0, length), out IPv4Header ip) != WireError.None
                || IcmpHeader.TryParse(ip.Payload, out IcmpHeader icmp) != WireError.None
                || !icmp.IsError)
            {
                continue;
            }

            Span<byte> quoted = icmp.Payload;
            int header = (quoted[0] & 0xF) * 4;
            if (quoted[9] == (byte)IPProtocol.Udp && BinaryPrimitives.ReadUInt16BigEndian(quoted[header..]) == port)
            {
                lines.Add(Answers.Error(ip.Source, (byte)icmp.Type, icmp.Code, icmp.Rest));
            }
        }
    }

    private Socket OpenRaw(string space) => NamespaceThread.Run(
        _prefix + space, () => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp));
}
