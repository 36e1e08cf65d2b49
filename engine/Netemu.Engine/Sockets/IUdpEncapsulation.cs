using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Sockets;

/// <summary>A tunnel over UDP: takes the frames of its port before any socket sees them (udp_sk(sk)->encap_rcv).</summary>
internal interface IUdpEncapsulation : IUdpHandler
{
    /// <summary>A datagram whose checksum is right; its UDP header starts at <paramref name="offset"/>. Takes ownership.</summary>
    void Receive(Frame frame, NetDevice device, int offset);
}
