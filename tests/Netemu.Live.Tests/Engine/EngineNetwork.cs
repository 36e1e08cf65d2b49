using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Commands;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Netfilter.Text;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Live.Tests.Engine;

/// <summary>
/// The same network on the engine: one node, whose namespaces are joined by veth pairs as the kernel's are, in virtual
/// time. Every change is a barrier event. No frame may be missing when the network is disposed.
/// </summary>
internal sealed partial class EngineNetwork : IScenarioNetwork
{
    private static readonly Duration Settling = Duration.FromMilliseconds(20);

    private readonly Emulation _emulation = new(EmulationOptions.Default);
    private readonly CommandExecutor _commands = new(StandardCommands.CreateRegistry());
    private readonly Node _node;
    private int _veths;

    public EngineNetwork() => _node = _emulation.AddNode("node");

    public void Dispose() => Assert.Equal(_emulation.CountHeldFrames(), _emulation.Frames.Outstanding);

    public void AddNamespace(string name, bool forwarding = false) => Do(() =>
    {
        NetworkNamespace space = _node.AddNamespace(name);
        space.Loopback.SetUp(true);
        space.SetForwarding(forwarding);
    });

    public void AddVeth(string leftSpace, string leftDevice, string rightSpace, string rightDevice) => Do(() =>
    {
        ulong mac = 0x0200_0000_0000 | ((ulong)++_veths << 8);
        (VethDevice left, VethDevice right) = VethDevice.CreatePair(Space(leftSpace), leftDevice, Space(rightSpace), rightDevice);
        left.SetMac(new MacAddress(mac | 1));
        right.SetMac(new MacAddress(mac | 2));
        left.SetUp(true);
        right.SetUp(true);
    });

    public void AddBridge(string space, string name) => Do(() => new BridgeDevice(Space(space), name).SetUp(true));

    public void Enslave(string space, string device, string bridge) =>
        Do(() => Bridge(space, bridge).AddPort(Device(space, device)));

    public void SetPort(string space, string device, string word, bool on) => Do(() =>
    {
        NetDevice slave = Device(space, device);
        BridgePort port = ((BridgeDevice)slave.Master!).FindPort(slave)!;
        switch (word)
        {
            case "hairpin":
                port.Hairpin = on;
                break;
            case "isolated":
                port.Isolated = on;
                break;
            case "learning":
                port.Learning = on;
                break;
            case "flood":
                port.Flood = on;
                break;
            default:
                throw new ArgumentException(word);
        }
    });

    public void AddAddress(string space, string device, string address) => Do(() =>
    {
        Assert.True(InterfaceAddress<IPv4Address>.TryParse(address, out InterfaceAddress<IPv4Address> parsed));
        Assert.True(Space(space).IPv4.AddAddress(Device(space, device), parsed));
    });

    public void SetBridgeNetfilter(string space, bool on) =>
        Do(() => Space(space).WritableSettings.BridgeNetfilterCallIptables = on);

    public void RestoreRules(string space, string rules) => Do(() =>
    {
        IptablesResult result = IptablesRestore.Run(Space(space).Netfilter, AddressFamily.IPv4, rules, noFlush: false, counters: false);
        Assert.True(result.ExitCode == 0, result.Error);
    });

    public IReadOnlyList<string> Rules(string space) =>
    [
        .. TableText.Save(Space(space).Netfilter, AddressFamily.IPv4, counters: true).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.TrimEnd()),
    ];

    public void AddRoute(string space, string route) => Do(() =>
    {
        RoutingTables<IPv4Address> tables = Space(space).IPv4.Routes;
        string[] words = route.Split(' ');
        RouteType type = Enum.TryParse(words[0], ignoreCase: true, out RouteType given) ? given : RouteType.Unicast;
        string prefix = type == RouteType.Unicast ? words[0] : words[1];
        string? via = After(words, "via");
        string? dev = After(words, "dev");
        IPv4Address gateway = via is null ? default : IPv4Address.Parse(via);
        NetDevice? device = dev is not null ? Device(space, dev)
            : via is not null ? tables.Lookup(gateway)!.NextHop.Device
            : null;
        Assert.True(tables.Add(new Route<IPv4Address>
        {
            Prefix = prefix == "default" ? Prefix<IPv4Address>.Default : Prefix<IPv4Address>.Parse(prefix),
            Type = type,
            Scope = device is not null && via is null ? RouteScope.Link : RouteScope.Universe,
            NextHop = new NextHop<IPv4Address>(device, gateway, via is not null),
        }));
    });

    public void SetUp(string space, string device, bool up) => Do(() => Device(space, device).SetUp(up));

    public void SetMtu(string space, string device, int mtu) => Do(() => Device(space, device).SetMtu(mtu));

    public string Command(string space, string line)
    {
        CommandResult result = _commands.RunToCompletion(Space(space), line, Duration.FromSeconds(10));
        return result.Exit == 0 ? result.Stdout : $"{result.Exit}: {result.Stderr.TrimEnd('\n')}";
    }

    public void Move(string space, string device, string target) => Do(() =>
    {
        NetDevice moved = Device(space, device);
        moved.Namespace.Move(moved, Space(target));
    });

    public void SetSysctl(string space, string name, int value) => Do(() =>
    {
        NetworkNamespace target = Space(space);
        string[] words = name.Split('.');
        if (words.Length == 1)
        {
            SetNamespace(target.WritableSettings, name, value);
            return;
        }

        InterfaceSettings settings = words[1] == "all" ? target.WritableSettings.All
            : words[1] == "default" ? target.WritableSettings.Default
            : target.WritableSettingsOf(Device(space, words[1]));
        SetInterface(settings, words[2], value);
    });

    public MacAddress MacOf(string space, string device) => Device(space, device).Mac;

    public void Send(string space, string device, byte[] frame) => SendAll(space, device, [frame]);

    public void SendAll(string space, string device, IEnumerable<byte[]> frames)
    {
        foreach (byte[] frame in frames)
        {
            Do(() => Device(space, device).Transmit(_emulation.Frames.Rent(frame)));
        }

        Run(Settling);
    }

    public IFrameWatch Watch(string space, string device) => new TapWatch(Device(space, device));

    public void Wait(TimeSpan time) => Run(time);

    public void ExpireFragments() => Run(Duration.FromSeconds(31));

    public IReadOnlyList<string> Fdb(string space, string bridge) =>
    [
        .. Bridge(space, bridge).Fdb.Entries().Where(entry => !entry.IsLocal)
            .Select(entry => $"{entry.Mac} {entry.Port!.Device.Name}")
            .Order(StringComparer.Ordinal),
    ];

    public IReadOnlyList<string> Neighbours(string space) =>
    [
        .. Space(space).IPv4.Neighbours.Entries().Where(entry => entry.State is not (NudState.NoArp or NudState.None))
            .Select(entry => $"{entry.Address} {entry.Device.Name} {StateOf(entry)}")
            .Order(StringComparer.Ordinal),
    ];

    public IReadOnlyList<string> Routes(string space) =>
    [
        .. Space(space).IPv4.Routes.Main.Routes().Select(route =>
        {
            string type = route.Type == RouteType.Unicast ? string.Empty : $"{route.Type.ToString().ToLowerInvariant()} ";
            string prefix = route.Prefix.Length == 0 ? "default" : route.Prefix.ToString();
            string via = route.NextHop.HasGateway ? $" via {route.NextHop.Gateway}" : string.Empty;
            string device = route.NextHop.Device is { } dev ? $" dev {dev.Name}" : string.Empty;
            return $"{type}{prefix}{via}{device}";
        }).Order(StringComparer.Ordinal),
    ];

    private static string StateOf(NeighbourEntry<IPv4Address> entry) =>
        entry.State is NudState.Failed or NudState.Incomplete ? entry.State.ToString().ToLowerInvariant() : entry.Mac.ToString();

    private static string? After(string[] words, string word)
    {
        int index = Array.IndexOf(words, word);
        return index < 0 ? null : words[index + 1];
    }

    private static void SetNamespace(NamespaceSettings settings, string name, int value)
    {
        switch (name)
        {
            case "icmp_ratelimit":
                settings.IcmpRateLimit = value;
                break;
            case "icmp_ratemask":
                settings.IcmpRateMask = (uint)value;
                break;
            case "icmp_echo_ignore_broadcasts":
                settings.IcmpEchoIgnoreBroadcasts = value != 0;
                break;
            default:
                throw new ArgumentException(name);
        }
    }

    private static void SetInterface(InterfaceSettings settings, string name, int value)
    {
        switch (name)
        {
            case "arp_ignore":
                settings.ArpIgnore = (byte)value;
                break;
            case "arp_notify":
                settings.ArpNotify = value != 0;
                break;
            case "proxy_arp":
                settings.ProxyArp = value != 0;
                break;
            case "proxy_delay":
                settings.ProxyDelay = value;
                break;
            case "rp_filter":
                settings.ReversePathFilter = (byte)value;
                break;
            case "send_redirects":
                settings.SendRedirects = value != 0;
                break;
            default:
                throw new ArgumentException(name);
        }
    }

    private NetworkNamespace Space(string name) => _node.FindNamespace(name)!;

    private NetDevice Device(string space, string name) => Space(space).FindDevice(name)!;

    private BridgeDevice Bridge(string space, string name) => (BridgeDevice)Device(space, name);

    /// <summary>Runs a change alone, as a step of a topology would.</summary>
    private void Do(Action change)
    {
        _emulation.AtBarrier(_emulation.Now, change);
        Run(Duration.Zero);
    }

    private void Run(Duration time) => _emulation.RunUntil(_emulation.Now + time);
}
