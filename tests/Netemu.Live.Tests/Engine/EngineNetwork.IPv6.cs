using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.IPv6;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Live.Tests.IPv6;

namespace Netemu.Live.Tests.Engine;

/// <content>IPv6 on the engine.</content>
internal sealed partial class EngineNetwork : IIPv6Network
{
    public void UseIPv6(string space, bool forwarding = false, bool detectDuplicates = false) => Do(() =>
    {
        NetworkNamespace target = Space(space);
        target.WritableSettings.Default.AcceptDad = detectDuplicates ? (byte)1 : (byte)0;
        target.IPv6.Enable();
        target.SetForwardingIPv6(forwarding);
    });

    public void AddIPv6Address(string space, string device, string address) => Do(() =>
    {
        Assert.True(InterfaceAddress<IPv6Address>.TryParse(address, out InterfaceAddress<IPv6Address> parsed));
        Assert.True(Space(space).IPv6.AddAddress(Device(space, device), parsed));
    });

    public void AddIPv6Route(string space, string route) => Do(() =>
    {
        RoutingTables<IPv6Address> tables = Space(space).IPv6.Routes;
        string[] words = route.Split(' ');
        RouteType type = Enum.TryParse(words[0], ignoreCase: true, out RouteType given) ? given : RouteType.Unicast;
        string prefix = type == RouteType.Unicast ? words[0] : words[1];
        string? via = After(words, "via");
        string? dev = After(words, "dev");
        IPv6Address gateway = via is null ? default : IPv6Address.Parse(via);
        NetDevice? device = dev is not null ? Device(space, dev)
            : via is not null ? tables.Lookup(gateway)!.NextHop.Device
            : null;
        Assert.True(tables.Add(new Route<IPv6Address>
        {
            Prefix = prefix == "default" ? Prefix<IPv6Address>.Default : Prefix<IPv6Address>.Parse(prefix),
            Type = type,
            Metric = 1024,
            NextHop = new NextHop<IPv6Address>(device, gateway, via is not null),
        }));
    });

    public void SetIPv6Sysctl(string space, string name, int value) => Do(() =>
        Assert.Equal(SysctlError.None, SysctlTable.TryWrite(Space(space), $"net.ipv6.{name}", $"{value}")));

    public void AddIPv6Proxy(string space, string device, string address) =>
        Do(() => Space(space).IPv6.Neighbours.AddProxy(Device(space, device), IPv6Address.Parse(address)));

    public IReadOnlyList<string> PingIPv6(string space, string destination, PingProbe? probe = null, string? device = null)
    {
        probe ??= new PingProbe();
        IPv6EchoRecorder recorder = new();
        PingOptions options = new()
        {
            Size = probe.Size,
            Ttl = probe.Ttl,
            Discovery = probe.Discovery,
            Device = device is null ? null : Device(space, device),
        };
        PingSocket socket = new(Space(space), recorder);
        for (ushort sequence = 1; sequence <= probe.Count; sequence++)
        {
            ushort number = sequence;
            Do(() => recorder.Sent(number, socket.Send(InternetAddress.Parse(destination), number, options)));
            Run(BetweenRequests);
        }

        SimTime end = _emulation.Now + probe.Timeout;
        bool group = IPv6Address.Parse(destination).IsMulticast;
        _emulation.RunUntil(end, () => !group && recorder.Open.Count == 0);
        Do(socket.Close);
        return Tally.Of(recorder.Lines.Concat(recorder.Open.Select(_ => Answers.Timeout)));
    }

    public IReadOnlyList<string> UdpIPv6(string space, string destination, UdpProbe? probe = null)
    {
        probe ??= new UdpProbe();
        List<string> lines = [];
        List<UdpSocket> sockets = [];
        Do(() =>
        {
            foreach (string listener in probe.Listeners)
            {
                sockets.Add(Space(listener).Udp.Open(default, probe.Port, new IPv6DatagramRecorder(listener, lines), out _)!);
            }

            UdpSocket sender = Space(space).Udp.Open(default, 0, new IPv6DatagramRecorder(space, lines), out _)!;
            sender.Discovery = probe.Discovery;
            sockets.Add(sender);
            for (int i = 0; i < probe.Count; i++)
            {
                Errno error = sender.SendTo(InternetAddress.Parse(destination), probe.Port, new byte[probe.Size]);
                if (error != Errno.None)
                {
                    lines.Add($"errno {error}");
                }
            }
        });
        Run(probe.Timeout);
        Do(() => sockets.ForEach(socket => socket.Close()));
        return Tally.Of(lines);
    }

    public IReadOnlyList<string> IPv6Addresses(string space, string device) =>
    [
        .. Space(space).IPv6.Addresses.Where(a => a.Device.Name == device).Select(a =>
            $"{a.InterfaceAddress}{(a.IsTentative ? " tentative" : string.Empty)}{(a.IsDadFailed ? " dadfailed" : string.Empty)}"
            + (a.ValidUntil < SimTime.Never ? " dynamic" : string.Empty)),
    ];

    public IReadOnlyList<string> IPv6Neighbours(string space) =>
    [
        .. Space(space).IPv6.Neighbours.Entries().Where(entry => entry.State is not (NudState.NoArp or NudState.None))
            .Select(entry => $"{entry.Address} {entry.Device.Name} "
                + (entry.State is NudState.Failed or NudState.Incomplete ? entry.State.ToString().ToLowerInvariant() : entry.Mac.ToString())
                + (entry.IsRouter ? " router" : string.Empty))
            .Order(StringComparer.Ordinal),
    ];

    public IReadOnlyList<string> IPv6Routes(string space) =>
    [
        .. Space(space).IPv6.Routes.Main.Routes().Select(route =>
        {
            string prefix = route.Prefix.Length == 0 ? "default" : route.Prefix.ToString();
            string via = route.NextHop.HasGateway ? $" via {route.NextHop.Gateway}" : string.Empty;
            string advertised = route.Protocol == RouteProtocol.RouterAdvertisement ? " proto ra" : string.Empty;
            return $"{prefix}{via} dev {route.NextHop.Device?.Name ?? "lo"}{advertised}";
        }).Order(StringComparer.Ordinal),
    ];

    public IReadOnlyList<string> IPv6Groups(string space, string device) =>
        [.. IPv6Stack.InterfaceOf(Device(space, device))!.Listener.Groups.Select(g => g.ToString()).Order(StringComparer.Ordinal)];
}
