using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Programs.Flannel;

/// <summary>
/// flannel's UDP mode (pkg/backend/udp/proxy_amd64.c): carries the packets of a TUN device to the machine that their subnet
/// is on, each as one datagram, and gives the stack what comes. Both ends count as a hop, and a packet that gets too old on
/// the way is gone without a word; one for no subnet is answered with "net unreachable".
/// </summary>
public sealed class FlannelUdpProxy(string device, InternetAddress address, ushort port, IReadOnlyList<FlannelRoute> routes) : IProgram
{
    public const ushort WellKnownPort = 8285;

    /// <summary>What of an unreachable packet's payload is quoted.</summary>
    private const int Quoted = 8;

    /// <summary>The TTL of its ICMP errors: the sender is on this machine.</summary>
    private const byte ErrorTtl = 8;

    public async ProcessTask<int> RunAsync(Process process)
    {
        if (process.OpenTun(device, out Errno _) is not { } tun || process.OpenDatagram(address, port, out Errno _) is not { } socket)
        {
            return 1;
        }

        process.Start(ReceiveAsync(socket, tun));
        while (true)
        {
            byte[] packet = await tun.ReadAsync();
            if (packet.Length >= IPv4Header.MinimumSize && packet[0] >> 4 == 4)
            {
                Send(packet, tun, socket);
            }
        }
    }

    private static async ProcessTask ReceiveAsync(DatagramSocket socket, TunFile tun)
    {
        while (true)
        {
            if (await socket.ReceiveAsync() is { } datagram && datagram.Payload.Length >= IPv4Header.MinimumSize && TryAge(datagram.Payload))
            {
                // Its buffer is as long as the device's MTU: what is longer arrives cut (recv).
                tun.Write(datagram.Payload.AsSpan(0, Math.Min(datagram.Payload.Length, tun.Device.Mtu)));
            }
        }
    }

    private void Send(byte[] packet, TunFile tun, DatagramSocket socket)
    {
        IPv4Address destination = new IPv4Header(packet).Destination;
        if (routes.FirstOrDefault(r => r.Subnet.Contains(destination)) is not { } route)
        {
            Refuse(packet, tun);
        }
        else if (TryAge(packet))
        {
            socket.SendTo(route.NextHop, route.Port, packet);
        }
    }

    /// <summary>Takes one from the TTL; false if nothing is left (decrement_ttl).</summary>
    private static bool TryAge(Span<byte> packet)
    {
        ushort before = BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Header.TtlOffset..]);
        if (--packet[IPv4Header.TtlOffset] == 0)
        {
            return false;
        }

        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Header.ChecksumOffset..]);
        ushort now = BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Header.TtlOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Header.ChecksumOffset..], InternetChecksum.Update(checksum, before, now));
        return true;
    }

    /// <summary>send_net_unreachable: not about ICMP of any kind, nor about a fragment that is not the first.</summary>
    private static void Refuse(ReadOnlySpan<byte> packet, TunFile tun)
    {
        int header = (packet[0] & 0xF) * 4;
        bool later = (BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Header.FlagsOffset..]) & IPv4Header.FragmentOffsetMask) != 0;
        if ((IPProtocol)packet[IPv4Header.ProtocolOffset] == IPProtocol.Icmp || later || packet.Length < header + Quoted)
        {
            return;
        }

        IPv4Address own = tun.Device.Namespace.IPv4.Addresses
            .Where(a => ReferenceEquals(a.Device, tun.Device)).Select(a => a.InterfaceAddress.Address).FirstOrDefault();
        Span<byte> answer = stackalloc byte[IPv4Header.MinimumSize + IcmpHeader.Size + header + Quoted];
        packet[..(header + Quoted)].CopyTo(answer[(IPv4Header.MinimumSize + IcmpHeader.Size)..]);
        IcmpHeader.Write(answer[IPv4Header.MinimumSize..], IcmpType.DestinationUnreachable, IcmpCode.NetUnreachable, 0);
        IPv4Header.Write(
            answer, 0, answer.Length, 0, 0, ErrorTtl, IPProtocol.Icmp, own, IPv4Address.Read(packet[IPv4Header.SourceOffset..]));
        tun.Write(answer);
    }
}
