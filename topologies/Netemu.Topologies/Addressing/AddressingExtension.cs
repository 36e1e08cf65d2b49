using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Dhcp;
using Netemu.Engine.IPv6;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Addressing;

/// <summary>
/// What gives addresses to others, or takes them: DHCP servers and clients, and routers that advertise. They start with
/// their node; clients hold <c>converged</c> until they have a lease, or nobody has answered their first attempt.
/// </summary>
public sealed class AddressingExtension : EmulationExtension
{
    private readonly List<RunningService> _services = [];
    private BuiltTopology? _topology;

    public override bool IsPending => _services.Exists(s => s.Client is { IsPending: true });

    public override IEnumerable<string> Pending =>
        _services.Where(s => s.Client is { IsPending: true }).Select(s => $"DHCP in {s.Space.QualifiedName}");

    public override SimTime LastChange =>
        _services.Select(s => s.Client?.LastChange ?? SimTime.Zero).DefaultIfEmpty(SimTime.Zero).Max();

    /// <summary>The kinds of processes that are this extension's.</summary>
    public static bool Runs(ProcessKind kind) =>
        kind is ProcessKind.DhcpServer or ProcessKind.DhcpClient or ProcessKind.RouterAdvertisement;

    public override void Attach(BuiltTopology topology) => _topology = topology;

    public override void Boot(Node node, NodeSpec specification)
    {
        foreach (NamespaceSpec described in specification.Namespaces.Prepend(specification.Root))
        {
            if (node.FindNamespace(described.Name ?? string.Empty) is { } space)
            {
                Start(space, described);
            }
        }
    }

    public override void ShutDown(Node node) => _services.RemoveAll(s => ReferenceEquals(s.Space.Node, node));

    public override StepExecution? Start(StepSpec step, StepContext context)
    {
        if (step.Action is not KillChange kill || context.Topology.FindNamespace(kill.In) is not { } space)
        {
            return null;
        }

        List<RunningService> found = _services.FindAll(s => ReferenceEquals(s.Space, space) && s.Name == kill.Process);
        return found.Count == 0 ? null : new KillServiceExecution(found, service => _services.Remove(service), context);
    }

    /// <summary>The DHCP clients that run, for what shows leases.</summary>
    public IEnumerable<DhcpClient> Clients() => _services.Select(s => s.Client).OfType<DhcpClient>();

    /// <summary>The DHCP servers that run.</summary>
    public IEnumerable<DhcpServer> Servers() => _services.Select(s => s.Server).OfType<DhcpServer>();

    private void Start(NetworkNamespace space, NamespaceSpec described)
    {
        foreach (ProcessSpec process in described.Processes.Where(p => Runs(p.Kind)))
        {
            if (space.FindDevice(process.Device!) is not { } device)
            {
                Complain($"the process '{process.Name}' serves '{process.Device}', which '{space.QualifiedName}' does not have", process);
                continue;
            }

            Start(space, device, process);
        }

        foreach (InterfaceSpec wanted in described.Interfaces.Where(i => i.Dhcp))
        {
            if (space.FindDevice(wanted.Name) is { } device)
            {
                _services.Add(new RunningService("dhcp-client", space) { Client = DhcpClient.Start(device) });
            }
        }
    }

    private void Start(NetworkNamespace space, NetDevice device, ProcessSpec process)
    {
        RunningService service = new(process.Name, space);
        switch (process.Kind)
        {
            case ProcessKind.DhcpServer:
                service.Server = DhcpServer.Start(device, ServerOptions(process));
                if (service.Server is null)
                {
                    Complain($"UDP port 67 of '{space.QualifiedName}' is taken", process);
                }

                break;
            case ProcessKind.DhcpClient:
                service.Client = DhcpClient.Start(device, process.ClientId);
                break;
            default:
                service.Advertiser = RouterAdvertiser.Start(space.IPv6, device, AdvertiserOptions(process, device));
                break;
        }

        _services.Add(service);
    }

    private static DhcpServerOptions ServerOptions(ProcessSpec process) => new()
    {
        First = process.Pool[0].IPv4,
        Last = process.Pool[1].IPv4,
        Router = process.Router is { IsIPv4: true } router ? router.IPv4 : default,
        Lease = process.Lease ?? Duration.FromSeconds(43_200),
        DnsServers = [.. process.DnsServers.Where(s => s.IsIPv4).Select(s => s.IPv4)],
    };

    /// <summary>Without prefixes a router advertises those of its device's own addresses, as radvd does for "::/64".</summary>
    private static RouterAdvertiserOptions AdvertiserOptions(ProcessSpec process, NetDevice device)
    {
        IEnumerable<Prefix<IPv6Address>> prefixes = process.Prefixes.Count > 0
            ? process.Prefixes.Where(p => p.IsIPv6).Select(p => p.IPv6)
            : device.Namespace.IPv6.Addresses
                .Where(a => ReferenceEquals(a.Device, device) && !a.Address.IsLinkLocal)
                .Select(a => a.InterfaceAddress.Prefix).Distinct();
        AdvertisedPrefix basis = new(default(Prefix<IPv6Address>));
        uint valid = Seconds(process.ValidLifetime, basis.ValidLifetime);
        return new RouterAdvertiserOptions
        {
            MaximumInterval = process.Interval ?? Duration.FromSeconds(600),
            Lifetime = process.Lifetime,
            Mtu = process.Mtu ?? 0,
            HopLimit = (byte)(process.HopLimit ?? 64),
            Preference = process.Preference,
            Managed = process.Managed,
            Other = process.OtherConfiguration,
            DnsServers = [.. process.DnsServers.Where(s => s.IsIPv6).Select(s => s.IPv6)],
            Prefixes =
            [
                .. prefixes.Select(p => new AdvertisedPrefix(p)
                {
                    ValidLifetime = valid,
                    PreferredLifetime = Seconds(process.PreferredLifetime, System.Math.Min(basis.PreferredLifetime, valid)),
                }),
            ],
        };
    }

    private static uint Seconds(Duration? duration, uint otherwise) =>
        duration is { } given ? (uint)(given.Nanoseconds / 1_000_000_000) : otherwise;

    private void Complain(string text, ProcessSpec process) =>
        _topology!.Diagnostics.Error(BuildCode.UnknownDevice, text, process.Range);
}
