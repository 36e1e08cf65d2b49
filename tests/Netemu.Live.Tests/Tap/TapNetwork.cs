using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Edges;
using Netemu.Engine.Linux;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Live.Tests.Tap;

/// <summary>An emulated network in real time with a kernel namespace at the other end of a TAP.</summary>
internal sealed class TapNetwork : IDisposable
{
    public const string KernelMac = "02:00:00:00:0a:01";

    private static int s_counter;

    private readonly RealTimePace _pace = new(RealTimeSpeed.Normal);

    public TapNetwork() => Space = KernelNamespace.OpenOrCreate(
        string.Create(CultureInfo.InvariantCulture, $"netemu-live-{Environment.ProcessId}-{Interlocked.Increment(ref s_counter)}"));

    public EmulatedNetwork Network { get; } = new();

    public Emulation Emulation => Network.Emulation;

    public KernelNamespace Space { get; }

    public RealTimePace Pace => _pace;

    /// <summary>A TAP between a new device of <paramref name="node"/> and the kernel namespace.</summary>
    public EdgeDevice AttachTap(Node node, string emulatedAddress, string kernelAddress, string? gateway, int mtu = 1500, bool bare = false)
    {
        Assert.True(InterfaceAddress<IPv4Address>.TryParse(kernelAddress, out InterfaceAddress<IPv4Address> kernel));
        EdgeDevice device = new(node.Root, bare ? "tun0" : "tap0", bare, mtu);
        EmulatedNetwork.AddAddress(node.Root, device, emulatedAddress);
        device.SetUp(true);
        device.Attach(KernelEdge.OpenTap(Space, new TapOptions
        {
            Name = device.Name,
            IsBare = bare,
            Mtu = mtu,
            Mac = MacAddress.Parse(KernelMac),
            Addresses = [(kernel.Address, kernel.Length)],
            Routes = gateway is null ? [] : [(InternetPrefix.Parse("0.0.0.0/0"), InternetAddress.Parse(gateway))],
        }));
        _pace.Add(device);
        Emulation.Pace = _pace;
        return device;
    }

    /// <summary>A new device of <paramref name="node"/> on an interface that the namespace has already.</summary>
    public EdgeDevice AttachInterface(Node node, string address, string name)
    {
        EdgeDevice device = new(node.Root, "eth0");
        EmulatedNetwork.AddAddress(node.Root, device, address);
        device.SetUp(true);
        device.Attach(KernelEdge.OpenPacketSocket(Space, name));
        _pace.Add(device);
        Emulation.Pace = _pace;
        return device;
    }

    /// <summary>Runs in real time while <paramref name="work"/> runs on a thread of its own; then to its end.</summary>
    public T RunWhile<T>(Func<T> work)
    {
        Task<T> task = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _ = task.ContinueWith(static (_, state) => ((RealTimePace)state!).Wake(), _pace, TaskScheduler.Default);
        Emulation.RunUntil(SimTime.Never, () => task.IsCompleted);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Runs in real time until something holds; false if it does not within <paramref name="limit"/>.</summary>
    public bool RunUntil(Duration limit, Func<bool> holds) => Emulation.RunUntil(Emulation.Now + limit, holds);

    /// <summary>A program inside the namespace, while the network runs.</summary>
    public ExternalToolResult RunTool(string name, params string[] arguments) =>
        RunWhile(() => ExternalTool.Require("ip").Run(["netns", "exec", Space.Name!, name, .. arguments]));

    /// <summary>A program inside the namespace, while time stands still: for setting things up.</summary>
    public void Configure(params string[] arguments)
    {
        ExternalToolResult result = ExternalTool.Require("ip").Run(["netns", "exec", Space.Name!, .. arguments]);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result.Error}");
    }

    /// <summary>A socket inside the namespace.</summary>
    public Socket Socket(SocketType type, ProtocolType protocol) =>
        Space.Run(() => new Socket(System.Net.Sockets.AddressFamily.InterNetwork, type, protocol));

    public static IPEndPoint EndPoint(string address, int port) => new(IPAddress.Parse(address), port);

    public void Dispose()
    {
        _pace.Dispose();
        foreach (Node node in Emulation.Nodes)
        {
            foreach (NetDevice device in node.Root.Devices)
            {
                if (device is EdgeDevice { Edge: IDisposable edge })
                {
                    edge.Dispose();
                }
            }
        }

        Space.Dispose();
        Network.Dispose();
    }
}
