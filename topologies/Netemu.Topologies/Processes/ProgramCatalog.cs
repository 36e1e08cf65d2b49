using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Processes;
using Netemu.Engine.Programs;
using Netemu.Engine.Programs.Dns;
using Netemu.Engine.Programs.Flannel;
using Netemu.Engine.Programs.Http;
using Netemu.Engine.Programs.Iperf3;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Processes;

/// <summary>Which program stands behind each kind of process.</summary>
internal static class ProgramCatalog
{
    public static bool Has(ProcessKind kind) =>
        kind is ProcessKind.FlannelUdp or ProcessKind.Http or ProcessKind.Echo or ProcessKind.Discard or ProcessKind.Chargen or ProcessKind.Iperf3 or ProcessKind.Dns;

    /// <summary>The programs of a process: one for each transport.</summary>
    public static IEnumerable<IProgram> Create(ProcessSpec process)
    {
        InternetAddress address = process.Address ?? default;
        switch (process.Kind)
        {
            case ProcessKind.Http:
                yield return new HttpServer(address, Port(process, HttpServer.WellKnownPort), process.Status ?? 200, process.Body);
                break;
            case ProcessKind.Dns:
                yield return new DnsServer(address, Port(process, DnsServer.WellKnownPort), process.Records, process.Forward);
                break;
            case ProcessKind.FlannelUdp:
                yield return new FlannelUdpProxy(process.Device!, address, Port(process, FlannelUdpProxy.WellKnownPort), [.. Routes(process)]);
                break;
            case ProcessKind.Iperf3:
                yield return new Iperf3Server(address, Port(process, Iperf3Server.WellKnownPort));
                break;
            default:
                foreach (IProgram program in Small(process, address))
                {
                    yield return program;
                }

                break;
        }
    }

    private static IEnumerable<FlannelRoute> Routes(ProcessSpec process) =>
        from route in process.Routes
        where route.To.IsIPv4 && route.Via.IsIPv4
        select new FlannelRoute(
            new Prefix<IPv4Address>(route.To.Address.IPv4, route.To.Length),
            route.Via.IPv4,
            (ushort)(route.Port ?? FlannelUdpProxy.WellKnownPort));

    private static IEnumerable<IProgram> Small(ProcessSpec process, InternetAddress address)
    {
        ushort port = Port(process, process.Kind switch
        {
            ProcessKind.Echo => EchoServer.WellKnownPort,
            ProcessKind.Discard => DiscardServer.WellKnownPort,
            _ => ChargenServer.WellKnownPort,
        });
        if (process.Protocol is TransportProtocol.Tcp or TransportProtocol.Both)
        {
            yield return process.Kind switch
            {
                ProcessKind.Echo => new EchoServer(address, port),
                ProcessKind.Discard => new DiscardServer(address, port),
                _ => new ChargenServer(address, port),
            };
        }

        if (process.Protocol is TransportProtocol.Udp or TransportProtocol.Both)
        {
            yield return process.Kind switch
            {
                ProcessKind.Echo => new DatagramEchoServer(address, port),
                ProcessKind.Discard => new DatagramDiscardServer(address, port),
                _ => new DatagramChargenServer(address, port),
            };
        }
    }

    private static ushort Port(ProcessSpec process, ushort wellKnown) => (ushort)(process.Port ?? wellKnown);
}
