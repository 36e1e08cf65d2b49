using System;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Sockets;

/// <summary>Linux socket options that .NET has no name for (netinet/in.h, linux/in6.h, linux/tcp.h).</summary>
internal static class SocketOptions
{
    private const int IpProtoIp = 0;
    private const int IpTos = 1;
    private const int IpTtl = 2;
    private const int IpMinTtl = 21;
    private const int IpProtoIPv6 = 41;
    private const int IPv6UnicastHops = 16;
    private const int IPv6TrafficClass = 67;
    private const int IPv6MinHopCount = 73;
    private const int IpProtoTcp = 6;
    private const int TcpMd5Sig = 14;
    private const int AfInet = 2;
    private const int AfInet6 = 10;
    private const int MaximumKeyLength = 80;

    public static void Apply(Socket socket, InternetAddress peer, StreamOptions options)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        bool v4 = peer.IsIPv4;
        Set(socket, v4 ? IpProtoIp : IpProtoIPv6, v4 ? IpTos : IPv6TrafficClass, options.TrafficClass);
        Set(socket, v4 ? IpProtoIp : IpProtoIPv6, v4 ? IpTtl : IPv6UnicastHops, options.Ttl);
        Set(socket, v4 ? IpProtoIp : IpProtoIPv6, v4 ? IpMinTtl : IPv6MinHopCount, options.MinimumTtl);
        if (options.Md5Key is string key)
        {
            SetMd5Key(socket, peer, key);
        }
    }

    /// <summary>
    /// struct tcp_md5sig: sockaddr_storage (128), flags (1), prefix length (1), key length (2), interface (4), key (80).
    /// An empty key takes the peer's key away.
    /// </summary>
    public static void SetMd5Key(Socket socket, InternetAddress peer, string key)
    {
        Span<byte> value = stackalloc byte[128 + 8 + MaximumKeyLength];
        value.Clear();
        if (peer.IsIPv4)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(value, AfInet);
            peer.Write(value[4..]);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(value, AfInet6);
            peer.Write(value[8..]);
        }

        byte[] bytes = Encoding.UTF8.GetBytes(key);
        int length = Math.Min(bytes.Length, MaximumKeyLength);
        BinaryPrimitives.WriteUInt16LittleEndian(value[130..], (ushort)length);
        bytes.AsSpan(0, length).CopyTo(value[136..]);
        socket.SetRawSocketOption(IpProtoTcp, TcpMd5Sig, value);
    }

    private static void Set(Socket socket, int level, int name, byte value)
    {
        if (value != 0)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            socket.SetRawSocketOption(level, name, bytes);
        }
    }
}
