using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Sockets;
using Netemu.Live.Tests.IPv6;
using AddressFamily = System.Net.Sockets.AddressFamily;

namespace Netemu.Live.Tests.Kernel;

/// <content>IPv6 of the kernel, with raw and datagram sockets made inside a namespace.</content>
internal sealed partial class KernelNetwork : IIPv6Network
{
    // linux/in6.h.
    private const int IPPROTO_IPV6 = 41;
    private const int IPV6_UNICAST_HOPS = 16;
    private const int IPV6_MTU_DISCOVER = 23;

    public void UseIPv6(string space, bool forwarding = false, bool detectDuplicates = false) =>
        NamespaceThread.Run(_prefix + space, () =>
        {
            Write("ipv6/conf/default/accept_dad", detectDuplicates ? 1 : 0);
            Write("ipv6/conf/all/disable_ipv6", 0);
            Write("ipv6/conf/default/disable_ipv6", 0);
            Write("ipv6/conf/all/forwarding", forwarding ? 1 : 0);
            Write("ipv6/ip6frag_time", 1);
            return true;
        });

    public void AddIPv6Address(string space, string device, string address) =>
        InSpace(space, "-6", "addr", "add", address, "dev", device);

    public void AddIPv6Route(string space, string route) => InSpace(space, ["-6", "route", "add", .. route.Split(' ')]);

    public void SetIPv6Sysctl(string space, string name, int value) => NamespaceThread.Run(_prefix + space, () =>
    {
        Write($"ipv6/{name.Replace('.', '/')}", value);
        return true;
    });

    public void AddIPv6Proxy(string space, string device, string address) =>
        InSpace(space, "-6", "neigh", "add", "proxy", address, "dev", device);

    public IReadOnlyList<string> PingIPv6(string space, string destination, PingProbe? probe = null, string? device = null)
    {
        probe ??= new PingProbe();
        ushort identifier = ++_identifier;
        using Socket socket = NamespaceThread.Run(
            _prefix + space, () => new Socket(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6));
        ShapeIPv6(socket, probe.Discovery, probe.Ttl);
        IPAddress target = IPAddress.Parse(destination);
        if (device is not null)
        {
            target.ScopeId = Json(Ip, space, "link", "show", "dev", device)[0].GetProperty("ifindex").GetInt64();
        }

        List<string> lines = [];
        HashSet<ushort> open = [];
        for (ushort sequence = 1; sequence <= probe.Count; sequence++)
        {
            byte[] request = new byte[Icmpv6Header.Size + probe.Size];
            request[0] = (byte)Icmpv6Type.EchoRequest;
            BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(4), identifier);
            BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(6), sequence);
            try
            {
                socket.SendTo(request, new IPEndPoint(target, 0));
                open.Add(sequence);
            }
            catch (SocketException exception)
            {
                lines.Add($"errno {(Errno)exception.NativeErrorCode}");
                continue;
            }

            ReadIPv6Answers(socket, identifier, open, lines, BetweenRequests, waitForAll: false);
        }

        ReadIPv6Answers(socket, identifier, open, lines, probe.Timeout, waitForAll: !target.IsIPv6Multicast);
        lines.AddRange(open.Select(_ => Answers.Timeout));
        return Tally.Of(lines);
    }

    public IReadOnlyList<string> UdpIPv6(string space, string destination, UdpProbe? probe = null)
    {
        probe ??= new UdpProbe();
        List<string> lines = [];
        using Socket icmp = NamespaceThread.Run(_prefix + space, () =>
        {
            Socket raw = new(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6);
            raw.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
            return raw;
        });
        using Socket sender = OpenUdpIPv6(space, 0);
        ShapeIPv6(sender, probe.Discovery, hopLimit: 0);
        List<(string Space, Socket Socket)> listeners = [.. probe.Listeners.Select(l => (l, OpenUdpIPv6(l, probe.Port)))];
        for (int i = 0; i < probe.Count; i++)
        {
            if (SendTo(sender, new byte[probe.Size], destination, probe.Port) is { } error)
            {
                lines.Add(error);
            }
        }

        Wait(probe.Timeout);
        ReadUdpErrorsIPv6(icmp, (ushort)((IPEndPoint)sender.LocalEndPoint!).Port, lines);
        foreach ((string listener, Socket socket) in listeners)
        {
            byte[] buffer = new byte[65_536];
            while (socket.Poll(0, SelectMode.SelectRead))
            {
                EndPoint from = new IPEndPoint(IPAddress.IPv6Any, 0);
                int size = socket.ReceiveFrom(buffer, ref from);
                lines.Add(Answers.Received(listener, Plain(((IPEndPoint)from).Address), size));
            }

            socket.Dispose();
        }

        return Tally.Of(lines);
    }

    public IReadOnlyList<string> IPv6Addresses(string space, string device) =>
    [
        .. Json(Ip, space, "-6", "addr", "show", "dev", device)
            .SelectMany(link => link.TryGetProperty("addr_info", out JsonElement list) ? list.EnumerateArray() : default)
            .Select(a => $"{a.GetProperty("local").GetString()}/{a.GetProperty("prefixlen").GetInt32()}"
                + Flag(a, "tentative") + Flag(a, "dadfailed") + Flag(a, "dynamic")),
    ];

    public IReadOnlyList<string> IPv6Neighbours(string space) =>
    [
        .. Json(Ip, space, "-6", "neigh", "show")
            .Select(entry => $"{entry.GetProperty("dst")} {entry.GetProperty("dev")} {StateOf(entry)}"
                + (entry.TryGetProperty("router", out _) ? " router" : string.Empty))
            .Order(StringComparer.Ordinal),
    ];

    public IReadOnlyList<string> IPv6Routes(string space) =>
    [
        .. Json(Ip, space, "-6", "route", "show").Select(route =>
        {
            string via = route.TryGetProperty("gateway", out JsonElement gateway) ? $" via {gateway}" : string.Empty;
            bool advertised = route.TryGetProperty("protocol", out JsonElement protocol) && protocol.GetString() == "ra";
            return $"{route.GetProperty("dst")}{via} dev {route.GetProperty("dev")}{(advertised ? " proto ra" : string.Empty)}";
        }).Order(StringComparer.Ordinal),
    ];

    public IReadOnlyList<string> IPv6Groups(string space, string device) =>
    [
        .. Json(Ip, space, "-6", "maddr", "show", "dev", device)
            .SelectMany(link => link.GetProperty("maddr").EnumerateArray())
            .Where(group => group.TryGetProperty("family", out JsonElement family) && family.GetString() == "inet6")
            .Select(group => group.GetProperty("address").GetString()!)
            .Order(StringComparer.Ordinal),
    ];

    private static string Flag(JsonElement element, string name) => element.TryGetProperty(name, out _) ? $" {name}" : string.Empty;

    private static InternetAddress Plain(IPAddress address) => InternetAddress.Parse(new IPAddress(address.GetAddressBytes()).ToString());

    private static void ShapeIPv6(Socket socket, PathMtuDiscovery discovery, byte hopLimit)
    {
        // IPV6_PMTUDISC_DONT, WANT, DO, PROBE.
        int value = discovery switch { PathMtuDiscovery.Dont => 0, PathMtuDiscovery.Want => 1, PathMtuDiscovery.Do => 2, _ => 3 };
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        socket.SetRawSocketOption(IPPROTO_IPV6, IPV6_MTU_DISCOVER, bytes);
        if (hopLimit > 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, hopLimit);
            socket.SetRawSocketOption(IPPROTO_IPV6, IPV6_UNICAST_HOPS, bytes);
        }
    }

    private static void ReadIPv6Answers(
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

            EndPoint from = new IPEndPoint(IPAddress.IPv6Any, 0);
            int length = socket.ReceiveFrom(buffer, ref from);
            ReadOnlySpan<byte> message = buffer.AsSpan(0, length);
            InternetAddress source = Plain(((IPEndPoint)from).Address);
            if (length < Icmpv6Header.Size)
            {
                continue;
            }

            if ((Icmpv6Type)message[0] == Icmpv6Type.EchoReply && BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == identifier)
            {
                open.Remove(BinaryPrimitives.ReadUInt16BigEndian(message[6..]));
                lines.Add(IPv6Answers.Reply(source, length - Icmpv6Header.Size));
            }
            else if (message[0] < 128 && QuotedIPv6(message, IPProtocol.Icmpv6) is { } quoted
                && BinaryPrimitives.ReadUInt16BigEndian(message[(quoted + 4)..]) == identifier)
            {
                lines.Add(IPv6Answers.Error(source, message[0], message[1], BinaryPrimitives.ReadUInt32BigEndian(message[4..])));
                open.Remove(BinaryPrimitives.ReadUInt16BigEndian(message[(quoted + 6)..]));
            }
        }
    }

    private static void ReadUdpErrorsIPv6(Socket socket, ushort port, List<string> lines)
    {
        byte[] buffer = new byte[65_536];
        while (socket.Poll(0, SelectMode.SelectRead))
        {
            EndPoint from = new IPEndPoint(IPAddress.IPv6Any, 0);
            int length = socket.ReceiveFrom(buffer, ref from);
            ReadOnlySpan<byte> message = buffer.AsSpan(0, length);
            if (length >= Icmpv6Header.Size && message[0] < 128 && QuotedIPv6(message, IPProtocol.Udp) is { } quoted
                && BinaryPrimitives.ReadUInt16BigEndian(message[quoted..]) == port)
            {
                lines.Add(IPv6Answers.Error(
                    Plain(((IPEndPoint)from).Address), message[0], message[1], BinaryPrimitives.ReadUInt32BigEndian(message[4..])));
            }
        }
    }

    /// <summary>Where the upper layer of a quoted packet starts in an error, if it is of that protocol.</summary>
    private static int? QuotedIPv6(ReadOnlySpan<byte> error, IPProtocol protocol)
    {
        ReadOnlySpan<byte> packet = error[Icmpv6Header.Size..];
        return packet.Length >= IPv6Header.Size + 8
            && IPv6Extensions.TryFindUpperLayer(packet, out IPProtocol found, out int offset, out _)
            && found == protocol && packet.Length >= offset + 8
            ? Icmpv6Header.Size + offset
            : null;
    }

    private Socket OpenUdpIPv6(string space, int port) =>
        NamespaceThread.Run(_prefix + space, () => OpenUdp(new IPEndPoint(IPAddress.IPv6Any, port)));
}
