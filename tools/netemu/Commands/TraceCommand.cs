using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Text.Json;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;
using Netemu.Topologies.Results;
using Netemu.Topologies.Running;
using Netemu.Topologies.Running.Probes;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu trace</c>: one packet, and every decision on its way.</summary>
internal static class TraceCommand
{
    public static Command Build(Terminal terminal)
    {
        TopologyArguments topology = new();
        Argument<string> from = new("FROM") { Description = "Who sends: NODE, NODE/NS or pod:NS/NAME" };
        Argument<string> to = new("TO") { Description = "To whom: the same, svc:NS/NAME, or an address" };
        Option<int?> port = new("--port") { Description = "A UDP datagram to this port, rather than an echo request" };
        Option<string?> protocol = new("--protocol") { Description = "icmp (the default), udp (the default with --port) or tcp (a SYN)" };
        Option<string?> at = PausedRun.AtOption("converged if not given");
        Option<bool> json = new("--json") { Description = "Prints the trace as one JSON document" };
        port.Validators.Add(static result =>
        {
            if (result.Tokens is [.., var last] && (!int.TryParse(last.Value, CultureInfo.InvariantCulture, out int number) || number is < 1 or > 65535))
            {
                result.AddError($"--port: '{last.Value}' is not a port from 1 to 65535");
            }
        });
        Command command = new("trace", "Follows a packet hop by hop.");
        topology.AddTo(command);
        command.Arguments.Add(from);
        command.Arguments.Add(to);
        foreach (Option option in (Option[])[port, protocol, at, json])
        {
            command.Options.Add(option);
        }

        command.SetAction(parsed =>
        {
            if (parsed.GetValue(protocol) is { } wanted && wanted is not ("icmp" or "udp" or "tcp"))
            {
                terminal.Error.WriteLine($"netemu: tracing '{wanted}' is not supported; icmp, udp and tcp are");
                return (int)ExitCode.UnsupportedFeature;
            }

            if (parsed.GetValue(port) is not null && parsed.GetValue(protocol) is null)
            {
                terminal.Error.WriteLine("netemu: this traces a UDP datagram; --protocol tcp traces a SYN");
            }

            bool syn = parsed.GetValue(protocol) == "tcp";
            int? number = parsed.GetValue(port) ?? (syn ? 80 : parsed.GetValue(protocol) == "udp" ? 33434 : null);
            return PausedRun.Open(parsed, topology, parsed.GetValue(at), terminal, out ExitCode exitCode) is not { } run
                ? (int)exitCode
                : Trace(run.Session, parsed.GetRequiredValue(from), parsed.GetRequiredValue(to), number, parsed.GetValue(json), terminal, syn);
        });
        return command;
    }

    /// <summary>Sends the probe and prints its way.</summary>
    public static int Trace(RunSession session, string from, string to, int? port, bool asJson, Terminal terminal, bool syn = false)
    {
        NetworkNamespace? space = session.Topology.FindNamespace(EndpointText.Parse(from));
        InternetAddress destination = session.Topology.FindAddress(EndpointText.Parse(to), null);
        if (space is null || destination.IsNone)
        {
            terminal.Error.WriteLine($"netemu: {EndpointText.Missing(space is null ? from : to, session.Topology)}");
            return (int)ExitCode.InvalidInput;
        }

        PacketTracer tracer = new();
        PacketTrace trace = syn && port is { } number
            ? tracer.SendSyn(session, space, destination, number)
            : tracer.Send(session, space, destination, port);
        if (asJson)
        {
            WriteJson(trace, tracer, terminal);
        }
        else
        {
            WriteText(trace, tracer, terminal.OutputWriter);
        }

        return (int)ExitCode.Success;
    }

    private static void WriteText(PacketTrace trace, PacketTracer tracer, TextWriter text)
    {
        string where = string.Empty;
        foreach (TraceEvent each in trace.Events)
        {
            if (each.Namespace != where)
            {
                where = each.Namespace;
                text.WriteLine(where);
            }

            string clone = each.Branch == 0 ? string.Empty : $" (copy {each.Branch})";
            text.WriteLine($"  {each.Time}  {each.Stage.ToString().ToLowerInvariant(),-12} {each.Detail}{Meaning(each)}{clone}");
        }

        text.Write(Verdict(tracer));
        text.WriteLine(tracer.DroppedAt is { } at ? $" at {at}{(tracer.Reported is { } error ? $", and {error.From} says so: ICMP {NameOf(error)}" : string.Empty)}" : string.Empty);
    }

    private static string NameOf(IcmpError error) => IcmpNames.Of(error.Type, error.Code, error.From.IsIPv6);

    /// <summary>What a drop means beside its name; other events say it all.</summary>
    private static string Meaning(in TraceEvent each) =>
        each.Stage == TraceStage.Drop && DropReasonText.Of(each.Drop) is { } meaning ? $" ({meaning})" : string.Empty;

    /// <summary>Why the own host does not send (ip_route_output_key_hash; nf_hook for EPERM).</summary>
    private static string Meaning(Errno error) => error switch
    {
        Errno.ENETUNREACH => " (no route to the destination: ip route get)",
        Errno.EHOSTUNREACH => " (an unreachable route: ip route get)",
        Errno.EACCES => " (a prohibit route: ip route get)",
        Errno.EINVAL => " (a blackhole route: ip route get)",
        Errno.EPERM => " (a rule of the own host drops it: iptables -S OUTPUT)",
        _ => string.Empty,
    };

    private static string Verdict(PacketTracer tracer) =>
        tracer.Error != Errno.None ? $"not sent: {tracer.Error}{Meaning(tracer.Error)}"
        : tracer.Dropped is { } reason ? $"dropped: {reason}"
        : tracer.Reported is { } error ? $"refused: ICMP type {error.Type} code {error.Code} from {error.From}"
        : tracer.IsDelivered ? "delivered"
        : tracer.IsAnswered ? "answered"
        : "no answer";

    private static void WriteJson(PacketTrace trace, PacketTracer tracer, Terminal terminal)
    {
        terminal.OutputWriter.Flush();
        using (Utf8JsonWriter writer = new(terminal.Output, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "netemu/v1");
            writer.WriteString("kind", "Trace");
            writer.WriteString("verdict", Verdict(tracer));
            writer.WriteString("droppedAt", tracer.DroppedAt);
            writer.WriteString("icmp", tracer.Reported is { } error ? NameOf(error) : null);
            writer.WriteString("icmpFrom", tracer.Reported?.From.ToString());
            writer.WriteStartArray("events");
            foreach (TraceEvent each in trace.Events)
            {
                writer.WriteStartObject();
                writer.WriteString("time", each.Time.ToString());
                writer.WriteString("namespace", each.Namespace);
                writer.WriteString("device", each.Device);
                writer.WriteString("stage", each.Stage.ToString().ToLowerInvariant());
                writer.WriteString("detail", each.Detail);
                writer.WriteString("drop", each.Stage == TraceStage.Drop ? each.Drop.ToString() : null);
                writer.WriteNumber("copy", each.Branch);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        terminal.OutputWriter.WriteLine();
    }
}
