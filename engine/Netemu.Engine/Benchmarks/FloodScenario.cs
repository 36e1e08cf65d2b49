using System;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// One bridge, 32 ports, a namespace behind each: frames to an address that nobody has are flooded, and each receiver
/// filters them by address, counts them and ends them with a reason.
/// </summary>
public sealed class FloodScenario
{
    private const int Ports = 32;
    private readonly Emulation _emulation = new(EmulationOptions.Default);

    public FloodScenario()
    {
        Node node = _emulation.AddNode("lan");
        BridgeDevice bridge = new(node.Root, "br0");
        bridge.SetUp(true);
        NetDevice? sender = null;
        for (int i = 0; i < Ports; i++)
        {
            NetworkNamespace space = node.AddNamespace($"h{i}");
            (VethDevice inside, VethDevice outside) = VethDevice.CreatePair(space, "eth0", node.Root, $"veth{i}");
            inside.SetUp(true);
            outside.SetUp(true);
            bridge.AddPort(outside);
            sender ??= inside;
        }

        node.Schedule(new Generator(node, sender!), SimTime.Zero);
    }

    public BenchFigures Run(Func<long> clock, long budget)
    {
        BenchMeter meter = new(
            "flood", _emulation, Duration.FromMilliseconds(1), () => _emulation.Frames.Accounting[DropReason.OtherHost], clock);
        meter.Measure(budget / 4);
        return meter.Measure(budget);
    }

    private sealed class Generator : TimerEntry
    {
        private readonly Node _node;
        private readonly NetDevice _device;
        private readonly byte[] _template = new byte[106];

        public Generator(Node node, NetDevice device)
        {
            _node = node;
            _device = device;
            EthernetHeader.Write(_template, new MacAddress(0x02FF_FFFF_FFFE), device.Mac, EtherType.IPv4);
        }

        public override void Expire()
        {
            _device.Transmit(_node.Emulation.Frames.Rent(_template));
            _node.Schedule(this, _node.Now + Duration.FromMicroseconds(1));
        }
    }
}
