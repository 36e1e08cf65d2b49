using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Devices.Vxlan;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Devices;

/// <summary>
/// Two hosts with a router between them, 10.0.1.2 and 10.0.2.2, for a tunnel to span: 10.9.0.1 and 10.9.0.2 inside it.
/// Neighbours are known, so that recorders see tunnel packets alone.
/// </summary>
internal sealed class TunnelLab : IDisposable
{
    public const string Left = "10.0.1.2";
    public const string Right = "10.0.2.2";

    public TunnelLab(int farMtu = 1500)
    {
        A = Network.Host("a");
        Middle = Network.Router("r");
        B = Network.Host("b");
        Network.Join(A, "10.0.1.2/24", Middle, "10.0.1.1/24");
        Network.Join(Middle, "10.0.2.1/24", B, "10.0.2.2/24", LinkOptions.Default, farMtu);
        EmulatedNetwork.Route(A, "default", "10.0.1.1");
        EmulatedNetwork.Route(B, "default", "10.0.2.1");
        Know(A.Root, "eth0", "10.0.1.1", Middle.Root.FindDevice("eth0")!.Mac);
        Know(Middle.Root, "eth0", Left, A.Root.FindDevice("eth0")!.Mac);
        Know(Middle.Root, "eth1", Right, B.Root.FindDevice("eth0")!.Mac);
        Know(B.Root, "eth0", "10.0.2.1", Middle.Root.FindDevice("eth1")!.Mac);
        OnWire = new FrameRecorder(A.Root.FindDevice("eth0")!);
    }

    public EmulatedNetwork Network { get; } = new();

    public Node A { get; }

    public Node Middle { get; }

    public Node B { get; }

    /// <summary>What the left host's network card sends and receives.</summary>
    public FrameRecorder OnWire { get; }

    public static void Know(NetworkNamespace space, string device, string address, MacAddress mac) =>
        space.IPv4.Neighbours.Set(space.FindDevice(device)!, IPv4Address.Parse(address), mac, NudState.Permanent);

    public static VxlanDevice Vxlan(Node node, string address, VxlanOptions options, string name = "vx0")
    {
        VxlanDevice device = VxlanDevice.Create(node.Root, name, options, out Errno error)!;
        Assert.Equal(Errno.None, error);
        EmulatedNetwork.AddAddress(node.Root, device, address);
        Assert.Equal(Errno.None, device.TryOpen());
        return device;
    }

    public static VxlanOptions To(string remote, int vni = 42) =>
        new() { Vni = vni, Remote = InternetAddress.Parse(remote), DestinationPort = 4789 };

    /// <summary>The usual pair: 10.9.0.1 and 10.9.0.2 over VNI 42, each with the other as its default destination.</summary>
    public (VxlanDevice A, VxlanDevice B) VxlanPair(Func<VxlanOptions, VxlanOptions>? change = null)
    {
        change ??= o => o;
        return (Vxlan(A, "10.9.0.1/24", change(To(Right))), Vxlan(B, "10.9.0.2/24", change(To(Left))));
    }

    public (IpipDevice A, IpipDevice B) IpipPair(Func<IPTunnelOptions, IPTunnelOptions>? change = null)
    {
        change ??= o => o;
        return (Ipip(A, Left, Right, "10.9.0.1/24", change), Ipip(B, Right, Left, "10.9.0.2/24", change));
    }

    public IReadOnlyList<string> Ping(string to, int size = 56, PathMtuDiscovery discovery = PathMtuDiscovery.Dont, int ttl = 64) =>
        Ping(to, out _, size, discovery, ttl);

    public IReadOnlyList<string> Ping(
        string to, out Errno error, int size = 56, PathMtuDiscovery discovery = PathMtuDiscovery.Dont, int ttl = 64, byte tos = 0)
    {
        PingRecorder ping = new(A);
        error = ping.Send(to, PingOptions.Default with { Size = size, Discovery = discovery, Ttl = (byte)ttl, TrafficClass = tos });
        Network.Run(Duration.FromMilliseconds(100));
        return ping.Answers;
    }

    /// <summary>The outer packets that the left host sent: from the IPv4 header on.</summary>
    public List<byte[]> Outer() =>
        [.. OnWire.Sent.Where(f => BinaryPrimitives.ReadUInt16BigEndian(f.Bytes.AsSpan(12)) == 0x0800).Select(f => f.Bytes[14..])];

    public void Dispose() => Network.Dispose();

    private static IpipDevice Ipip(
        Node node, string local, string remote, string address, Func<IPTunnelOptions, IPTunnelOptions> change)
    {
        IPTunnelOptions options = change(new IPTunnelOptions { Local = IPv4Address.Parse(local), Remote = IPv4Address.Parse(remote) });
        IpipDevice device = IpipDevice.Create(node.Root, "ipip0", options, out Errno error)!;
        Assert.Equal(Errno.None, error);
        EmulatedNetwork.AddAddress(node.Root, device, address);
        device.SetUp(true);
        return device;
    }
}
