using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Expectations;

/// <summary>One line that says what a step does, for expectations and progress.</summary>
public static class StepText
{
    public static string Describe(StepSpec step) => step.Name ?? Describe(step.Action);

    private static string Describe(StepAction action) => action switch
    {
        HttpProbe http => $"http {http.From} -> {http.To}:{http.Port}{http.Path}",
        UdpProbe udp => $"udp {udp.From} -> {udp.To} port {udp.Port}",
        TcpProbe tcp => $"tcp {tcp.From} -> {tcp.To} port {tcp.Port}",
        DnsProbe dns => $"dns {dns.From}: {dns.Name} {dns.Type}",
        ConnectProbe connect => $"connect {connect.From} -> {connect.To}{(connect.Port is { } port ? $" port {port}" : string.Empty)}",
        ProbeAction probe => $"{probe.Kind} {probe.From} -> {probe.To}",
        SendProbe send => $"send {send.From}",
        ExecAction exec => $"exec {exec.In}: {exec.Command}",
        WaitAction wait => $"wait {wait.Time}",
        RouteCheck route => $"route {route.In}: {(route.Lookup ? route.To.Address.ToString() : route.To.ToString())}",
        NeighbourCheck neighbour => $"neigh {neighbour.In}: {neighbour.Address}",
        FdbCheck fdb => $"fdb {fdb.In}: {fdb.Mac}",
        BgpCheck bgp => $"bgp {bgp.In}: {bgp.Peer?.ToString() ?? bgp.Prefix?.ToString()}",
        DropsCheck drops => $"drops {drops.In?.ToString() ?? "everywhere"}{(drops.Reason is null ? string.Empty : $": {drops.Reason}")}",
        CounterCheck counter => $"counter {counter.In}{(counter.Device is null ? string.Empty : $":{counter.Device}")}: {counter.Name}",
        LinkChange link => $"link {link.Endpoint?.ToString() ?? link.Name}{(link.Up is { } up ? up ? " up" : " down" : string.Empty)}",
        ImpairChange impair => $"impair {impair.Endpoint?.ToString() ?? impair.Name}",
        NodeChange node => $"node {node.Name} {(node.Up ? "up" : "down")}",
        BgpChange change => $"bgp {change.In}",
        PatchChange patch => $"patch {patch.Target}",
        KillChange kill => $"kill {kill.In}: {kill.Process}",
        _ => action.Kind,
    };
}
