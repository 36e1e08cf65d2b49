using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of probes.</summary>
internal static class ProbeShapes
{
    private static readonly Value<PathMtuDiscovery> PmtuWord = Values.Word(
        "'do', 'dont' or 'probe'",
        ("do", PathMtuDiscovery.Do),
        ("dont", PathMtuDiscovery.Dont),
        ("probe", PathMtuDiscovery.Probe));

    private static readonly ObjectShape<ListenerSpec> Listener = new("listener", "a listener", static () => new())
    {
        { "at", Values.Place("listener"), (s, v) => s.At = v, "Where it listens.", Presence.Required },
        { "port", Values.Port, (s, v) => s.Port = v, "The port (the probe's)." },
        { "echo", Values.Boolean, (s, v) => s.Echo = v, "Send back what comes." },
        { "address", Values.Address, (s, v) => s.Address = v, "The address to listen on (any)." },
    };

    /// <summary>The keys that all probes share.</summary>
    private static readonly ObjectShape<ProbeAction> Common = new("probe", "a probe", static () => new PingProbe())
    {
        { "from", Values.Endpoint("probe source"), (s, v) => s.From = v, "Who sends.", Presence.Required },
        { "count", Values.Integer(1, 10_000_000, "a count"), (s, v) => s.Count = v, "How many." },
        { "interval", Values.Duration, (s, v) => s.Interval = v, "Time between two." },
        { "size", Values.Size(0, 65_507), (s, v) => s.Size = v, "Bytes of payload." },
        { "ttl", Values.Ttl, (s, v) => s.Ttl = v, "TTL." },
        { "tos", Values.Integer(0, 255), (s, v) => s.Tos = v, "Type of service." },
        { "mark", Values.UInt32("a mark"), (s, v) => s.Mark = v, "Firewall mark of the socket." },
        { "pmtudisc", PmtuWord, (s, v) => s.PathMtuDiscovery = v, "Path MTU discovery." },
        { "df", Values.Boolean, (s, v) => s.PathMtuDiscovery = v ? PathMtuDiscovery.Do : PathMtuDiscovery.Dont, "Set DF." },
        { "source", Values.Address, (s, v) => s.Source = v, "Source address." },
        { "device", Values.Name, (s, v) => s.Device = v, "The device that the socket is bound to." },
        { "timeout", Values.Duration, (s, v) => s.Timeout = v, "How long the last answer may take (2s)." },
        { "family", Values.Family, (s, v) => s.Family = v, "4 or 6." },
        { "background", Values.Boolean, (s, v) => s.InlineBackground = v, "The next step does not wait." },
        { "during", Values.Duration, (s, v) => s.InlineDuring = v, "Repeat for so long." },
        { "frames", Values.List(Values.Device("frames", ReferenceKind.LooseDevice)), (s, v) => s.InlineFrames = v, "Devices to count frames on." },
    };

    private static readonly Value<EndpointRef> Target = Values.Endpoint("probe target");

    public static ObjectShape<PingProbe> Ping { get; } = new("ping", "a ping", static () => new())
    {
        { Common, s => s },
        { "to", Target, (s, v) => s.To = v, "Who answers.", Presence.Required },
        { "all", Values.Boolean, (s, v) => s.All = v, "Wait for all answers until the timeout." },
    };

    public static ObjectShape<TracerouteProbe> Traceroute { get; } = new("traceroute", "a traceroute", static () => new())
    {
        { Common, s => s },
        { "to", Target, (s, v) => s.To = v, "The target.", Presence.Required },
        { "max-hops", Values.Integer(1, 255), (s, v) => s.MaxHops = v, "The highest TTL (30)." },
        { "queries", Values.Integer(1, 10), (s, v) => s.Queries = v, "Probes per hop (3)." },
        { "protocol", Values.Word("'udp', 'icmp' or 'tcp'", ("udp", "udp"), ("icmp", "icmp"), ("tcp", "tcp")), (s, v) => s.Protocol = v, "What is sent (udp)." },
        { "port", Values.Port, (s, v) => s.Port = v, "The first port (33434)." },
    };

    public static ObjectShape<UdpProbe> Udp { get; } = new("udp", "a UDP probe", static () => new())
    {
        { Common, s => s },
        { "to", Target, (s, v) => s.To = v, "The target.", Presence.Required },
        { "port", Values.Port, (s, v) => s.Port = v, "The port.", Presence.Required },
        { "source-port", Values.PortRange, (s, v) => s.SourcePorts = v, "One datagram from each port." },
        { "listen", Values.List(Listener), (s, v) => s.Listen = v, "Listeners for the time of the step." },
    };

    public static ObjectShape<TcpProbe> Tcp { get; } = new("tcp", "a TCP probe", static () => new())
    {
        { Common, s => s },
        { "to", Target, (s, v) => s.To = v, "The target.", Presence.Required },
        { "port", Values.Port, (s, v) => s.Port = v, "The port.", Presence.Required },
        { "source-port", Values.PortRange, (s, v) => s.SourcePorts = v, "The source port." },
        { "listen", Values.List(Listener), (s, v) => s.Listen = v, "Listeners for the time of the step." },
    };

    public static ObjectShape<HttpProbe> Http { get; } = new("http", "an HTTP request", static () => new())
    {
        { Common, s => s },
        { "to", Target, (s, v) => s.To = v, "The server.", Presence.Required },
        { "port", Values.Port, (s, v) => s.Port = v, "The port (80)." },
        { "path", Values.Text, (s, v) => s.Path = v, "The path (/)." },
        { "method", Values.Name, (s, v) => s.Method = v, "The method (GET)." },
        { "host", Values.Name, (s, v) => s.Host = v, "The Host header." },
        { "body", Values.Text, (s, v) => s.Body = v, "The request's body." },
    };

    public static ObjectShape<DnsProbe> Dns { get; } = new("dns", "a DNS query", static () => new())
    {
        { Common, s => s },
        { "to", Target, (s, v) => s.To = v, "The server; the namespace's own where missing." },
        { "name", Values.Name, (s, v) => s.Name = v, "The name.", Presence.Required },
        { "type", Values.Word("'A' or 'AAAA'", ("A", "A"), ("AAAA", "AAAA")), (s, v) => s.Type = v, "The type (A)." },
        { "port", Values.Port, (s, v) => s.Port = v, "The server's port (53)." },
    };

    public static ObjectShape<ConnectProbe> Connect { get; } = new("connect", "a connection", static () => new())
    {
        { Common, s => s },
        { "to", Target, (s, v) => s.To = v, "The target.", Presence.Required },
        { "protocol", Values.Protocol, (s, v) => s.Protocol = v, "The protocol (tcp)." },
        { "port", Values.Port, (s, v) => s.Port = v, "The port." },
        { "source-port", Values.Port, (s, v) => s.SourcePort = v, "The source port." },
        { "icmp-type", Values.Integer(0, 255), (s, v) => s.IcmpType = v, "The ICMP type." },
        { "icmp-code", Values.Integer(0, 255), (s, v) => s.IcmpCode = v, "The ICMP code." },
        { "state", Values.Word("'new' or 'established'", ("new", false), ("established", true)), (s, v) => s.Established = v, "Of a conversation allowed before." },
    };

    private static readonly ObjectShape<FrameFields> Fields = new("frameFields", "a frame", static () => new())
    {
        { "eth-src", Values.Mac, (s, v) => s.SourceMac = v, "Source MAC (the device's)." },
        { "eth-dst", Values.Mac, (s, v) => s.DestinationMac = v, "Destination MAC." },
        { "eth-type", Values.Integer(0, 65_535), (s, v) => s.EtherType = v, "EtherType." },
        { "vlan", Values.Integer(1, 4094), (s, v) => s.Vlan = v, "802.1Q tag." },
        { "src", Values.Address, (s, v) => s.Source = v, "Source address." },
        { "dst", Values.Address, (s, v) => s.Destination = v, "Destination address." },
        { "protocol", Values.Protocol, (s, v) => s.Protocol = v, "IP protocol." },
        { "ttl", Values.Ttl, (s, v) => s.Ttl = v, "TTL." },
        { "sport", Values.Port, (s, v) => s.SourcePort = v, "Source port." },
        { "dport", Values.Port, (s, v) => s.DestinationPort = v, "Destination port." },
        { "icmp-type", Values.Integer(0, 255), (s, v) => s.IcmpType = v, "ICMP type." },
        { "icmp-code", Values.Integer(0, 255), (s, v) => s.IcmpCode = v, "ICMP code." },
        { "payload", Values.Text, (s, v) => s.Payload = v, "Payload in hexadecimal digits." },
    };

    public static ObjectShape<SendProbe> Send { get; } = new("send", "a raw frame", static () => new())
    {
        Completed = static (binder, send, mapping) =>
        {
            if (mapping["hex"] is null == send.Fields is null)
            {
                binder.Error(LoaderCode.MisplacedKey, "a raw frame is given by 'hex' or by its fields, one of both", mapping.Range);
            }
            else if (send.Fields is null && send.Frame.Length is > 0 and < 14)
            {
                binder.Error(LoaderCode.OutOfRange, $"a frame of {send.Frame.Length} bytes has no Ethernet header", mapping["hex"]!.Range);
            }
        },
        Fields =
        {
            { "from", Values.Device("frame source", ReferenceKind.LooseDevice), (s, v) => s.From = v, "The device that sends.", Presence.Required },
            { "hex", Values.HexBytes, (s, v) => s.Frame = v, "The frame from the Ethernet header on, without FCS." },
            { "count", Values.Integer(1, 10_000_000, "a count"), (s, v) => s.Count = v, "How often." },
            { Fields, s => s.Fields ??= new FrameFields() },
        },
    };
}
