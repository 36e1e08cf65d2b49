using System.CommandLine;
using System.Linq;
using System.Text.Json;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Results;
using Netemu.Topologies.Running;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu inspect</c>: nodes, namespaces, devices, addresses and routes of a network that stands.</summary>
internal static class InspectCommand
{
    public static Command Build(Terminal terminal)
    {
        TopologyArguments topology = new();
        Option<string?> at = PausedRun.AtOption("converged if not given");
        Option<bool> json = new("--json") { Description = "Prints one JSON document" };
        Command command = new("inspect", "Shows what a topology has built.");
        topology.AddTo(command);
        command.Options.Add(at);
        command.Options.Add(json);
        command.Subcommands.Add(BirdConfigurationCommand.Build(terminal));
        command.Subcommands.Add(MrtCommand.Build(terminal));
        command.SetAction(parsed =>
        {
            if (PausedRun.Open(parsed, topology, parsed.GetValue(at), terminal, out ExitCode exitCode) is not { } run)
            {
                return (int)exitCode;
            }

            if (parsed.GetValue(json))
            {
                WriteJson(run.Session, terminal);
            }
            else
            {
                WriteText(run.Session, terminal);
            }

            return (int)ExitCode.Success;
        });
        return command;
    }

    private static void WriteText(RunSession session, Terminal terminal)
    {
        foreach (NetworkNamespace space in session.Emulation.Nodes.SelectMany(n => n.Namespaces))
        {
            terminal.OutputWriter.WriteLine(space.QualifiedName);
            foreach (NetDevice device in space.Devices)
            {
                string addresses = string.Join(' ', AddressesOf(space, device));
                string state = device.OperationalState.ToString().ToUpperInvariant();
                terminal.OutputWriter.WriteLine($"  {device.Name,-15} {state,-8} {device.Mac} mtu {device.Mtu} {addresses}".TrimEnd());
            }

            foreach (Route<IPv4Address> route in space.IPv4.Routes.Main.Routes())
            {
                terminal.OutputWriter.WriteLine($"  {Describe(route)}");
            }

            foreach (Route<IPv6Address> route in space.IPv6.Routes.Main.Routes())
            {
                terminal.OutputWriter.WriteLine($"  {Describe(route)}");
            }
        }
    }

    private static void WriteJson(RunSession session, Terminal terminal)
    {
        using (Utf8JsonWriter writer = new(terminal.Output, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "netemu/v1");
            writer.WriteString("kind", "Inspection");
            writer.WriteStartArray("nodes");
            foreach (Node node in session.Emulation.Nodes)
            {
                writer.WriteStartObject();
                writer.WriteString("name", node.Name);
                writer.WriteStartArray("namespaces");
                foreach (NetworkNamespace space in node.Namespaces)
                {
                    Write(writer, space);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        terminal.OutputWriter.WriteLine();
    }

    private static void Write(Utf8JsonWriter writer, NetworkNamespace space)
    {
        writer.WriteStartObject();
        writer.WriteString("name", space.Name);
        writer.WriteStartArray("devices");
        foreach (NetDevice device in space.Devices)
        {
            writer.WriteStartObject();
            writer.WriteString("name", device.Name);
            writer.WriteString("kind", device.Kind);
            writer.WriteString("mac", device.Mac.ToString());
            writer.WriteNumber("mtu", device.Mtu);
            writer.WriteString("state", device.OperationalState.ToString().ToLowerInvariant());
            writer.WriteStartArray("addresses");
            foreach (string address in AddressesOf(space, device))
            {
                writer.WriteStringValue(address);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("routes");
        foreach (string route in space.IPv4.Routes.Main.Routes().Select(Describe).Concat(space.IPv6.Routes.Main.Routes().Select(Describe)))
        {
            writer.WriteStringValue(route);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string[] AddressesOf(NetworkNamespace space, NetDevice device) =>
    [
        .. space.IPv4.Addresses.Where(a => ReferenceEquals(a.Device, device)).Select(a => a.InterfaceAddress.ToString()),
        .. space.IPv6.Addresses.Where(a => ReferenceEquals(a.Device, device)).Select(a => a.InterfaceAddress.ToString()),
    ];

    /// <summary>A route in the order of words that <c>ip route</c> uses.</summary>
    private static string Describe<TAddress>(Route<TAddress> route)
        where TAddress : struct, IIPAddress<TAddress>
    {
        string type = route.Type == RouteType.Unicast ? string.Empty : $"{route.Type.ToString().ToLowerInvariant()} ";
        string text = $"{type}{(route.Prefix.Length == 0 ? "default" : route.Prefix.ToString())}";
        foreach (NextHop<TAddress> hop in route.NextHops)
        {
            text += route.NextHopCount > 1 ? " nexthop" : string.Empty;
            text += hop.IsDirect ? string.Empty : $" {hop.GatewayText}";
            text += hop.Device is null ? string.Empty : $" dev {hop.Device.Name}";
        }

        return $"{text} proto {route.Protocol.ToString().ToLowerInvariant()}";
    }
}
