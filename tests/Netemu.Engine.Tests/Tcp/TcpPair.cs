using System;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>Two nodes on one cable, 10.0.0.1 (client) and 10.0.0.2 (server), with a filter in front of each.</summary>
internal sealed class TcpPair
{
    public const ushort Port = 179;

    public static readonly InternetAddress ClientAddress = InternetAddress.Parse("10.0.0.1");
    public static readonly InternetAddress ServerAddress = InternetAddress.Parse("10.0.0.2");

    public TcpPair(LinkOptions? link = null, int mtu = 1500, EmulationOptions? options = null)
    {
        Emulation = new Emulation(options ?? EmulationOptions.Default);
        Client = Emulation.AddNode("client");
        Server = Emulation.AddNode("server");
        EthernetDevice left = new(Client.Root, "eth0", mtu);
        EthernetDevice right = new(Server.Root, "eth0", mtu);
        foreach ((Node node, EthernetDevice device, string v4, string v6) in new[]
        {
            (Client, left, "10.0.0.1", "2001:db8::1"), (Server, right, "10.0.0.2", "2001:db8::2"),
        })
        {
            node.Root.WritableSettings.Default.AcceptDad = 0;
            node.Root.Loopback.SetUp(true);
            node.Root.IPv4.AddAddress(device, new InterfaceAddress<IPv4Address>(IPv4Address.Parse(v4), 24));
            device.SetUp(true);
            node.Root.IPv6.AddAddress(device, new InterfaceAddress<IPv6Address>(IPv6Address.Parse(v6), 64));
        }

        Cable = Emulation.Connect(left, right, link ?? new LinkOptions { Delay = Duration.FromMilliseconds(1) });
        foreach ((Node node, SegmentFilter filter) in new[] { (Client, ToClient), (Server, ToServer) })
        {
            node.Root.WritableHooks().Add(AddressFamily.IPv4, HookPoint.Prerouting, -300, filter);
            node.Root.WritableHooks().Add(AddressFamily.IPv6, HookPoint.Prerouting, -300, filter);
        }
    }

    public Emulation Emulation { get; }

    public Node Client { get; }

    public Node Server { get; }

    public Link Cable { get; }

    public SegmentFilter ToClient { get; } = new();

    public SegmentFilter ToServer { get; } = new();

    public StreamRecorder ClientOwner { get; } = new();

    public StreamRecorder ServerOwner { get; } = new();

    public TcpTable ClientTcp => Client.Root.Tcp;

    public TcpTable ServerTcp => Server.Root.Tcp;

    /// <summary>The server's side of the first connection.</summary>
    public TcpConnection Accepted => (TcpConnection)ServerOwner.Accepted[0];

    public void Run(Duration duration) => Emulation.RunUntil(Emulation.Now + duration);

    public void RunMilliseconds(long milliseconds) => Run(Duration.FromMilliseconds(milliseconds));

    public TcpListener Listen() => ServerTcp.Listen(default, Port, ServerOwner, out _)!;

    public TcpConnection Connect(StreamOptions? options = null) =>
        ClientTcp.Connect(ServerAddress, Port, options ?? StreamOptions.Default, ClientOwner);

    /// <summary>A connection whose handshake is over.</summary>
    public TcpConnection Establish()
    {
        Listen();
        TcpConnection connection = Connect();
        RunMilliseconds(20);
        Assert.Equal(TcpState.Established, connection.State);
        Assert.Equal(TcpState.Established, Accepted.State);
        return connection;
    }

    /// <summary>Puts a crafted segment of the client's address on the wire to the server.</summary>
    public void Inject(
        TcpConnection client,
        uint sequence,
        uint acknowledgment,
        TcpFlags flags,
        byte[]? payload = null,
        ushort window = 1000,
        byte ttl = 64,
        byte[]? options = null,
        bool breakChecksum = false)
    {
        payload ??= [];
        options ??= [];
        int headerLength = TcpHeader.MinimumSize + options.Length;
        Frame frame = Emulation.Frames.Rent(EthernetHeader.Size + IPv4Header.MinimumSize + headerLength + payload.Length);
        EthernetHeader.Write(frame.Bytes, Cable.B.Mac, Cable.A.Mac, EtherType.IPv4);
        Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
        IPv4Header.Write(
            packet, 0, packet.Length, 0, IPv4Header.DontFragmentFlag, ttl, IPProtocol.Tcp, ClientAddress.IPv4, ServerAddress.IPv4);
        Span<byte> segment = packet[IPv4Header.MinimumSize..];
        options.CopyTo(segment[TcpHeader.MinimumSize..]);
        payload.CopyTo(segment[headerLength..]);
        uint pseudo = InternetChecksum.PseudoHeader(ClientAddress.IPv4, ServerAddress.IPv4, IPProtocol.Tcp, segment.Length);
        TcpHeader.Write(
            segment, client.LocalPort, client.RemotePort, sequence, acknowledgment, headerLength, flags, window, pseudo);
        if (breakChecksum)
        {
            segment[TcpHeader.ChecksumOffset] ^= 1;
        }

        Cable.A.Transmit(frame);
        RunMilliseconds(10);
    }

    /// <summary>Nothing may be lost from the books: frames in flight are those that queues hold, buffers those in use.</summary>
    public void AssertConserved() => Assert.Equal(Emulation.CountHeldFrames(), Emulation.Frames.Outstanding);

    public static byte[] Pattern(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        uint state = (uint)seed;
        for (int i = 0; i < length; i++)
        {
            state = (state * 1_664_525) + 1_013_904_223;
            bytes[i] = (byte)(state >> 24);
        }

        return bytes;
    }
}
