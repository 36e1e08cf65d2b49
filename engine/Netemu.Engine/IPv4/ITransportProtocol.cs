using System;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Engine.IPv4;

/// <summary>What stands above IP for one protocol number in one namespace.</summary>
public interface ITransportProtocol
{
    /// <summary>A packet for this namespace; its IP header starts 14 bytes into the frame. Takes ownership.</summary>
    void Receive(Frame frame, NetDevice device);

    /// <summary>
    /// An ICMP error about a packet that this namespace sent. <paramref name="offending"/> is what it quotes, from its IP
    /// header on; <paramref name="information"/> the MTU of "too big".
    /// </summary>
    void Error(ReadOnlySpan<byte> offending, byte type, byte code, uint information, InternetAddress reporter);
}
