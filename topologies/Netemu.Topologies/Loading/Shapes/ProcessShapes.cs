using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of processes: one key names the program, its value holds the settings.</summary>
internal static class ProcessShapes
{
    private static readonly Value<TransportProtocol> ProtocolWord = Values.Word(
        "'tcp', 'udp' or 'both'",
        ("tcp", TransportProtocol.Tcp),
        ("udp", TransportProtocol.Udp),
        ("both", TransportProtocol.Both));

    public static ObjectShape<ProcessSpec> Process { get; } = new("process", "a process", static () => new())
    {
        ExactlyOneOf = ["http", "echo", "discard", "chargen", "iperf3", "dns", "dhcp", "dhcp-server", "dhcp-client", "router-advertisement", "flannel-udp"],
        Fields =
        {
            { "http", Listener("httpServer", new ObjectShape<ProcessSpec>("", "", static () => new())
            {
                { "body", Values.Text, (s, v) => s.Body = v, "What it answers." },
                { "status", Values.Integer(100, 599, "a status"), (s, v) => s.Status = v, "The status it answers with (200)." },
            }), (s, v) => Take(s, v, ProcessKind.Http, "http"), "An HTTP/1.1 server." },
            { "echo", Listener("echoServer", null), (s, v) => Take(s, v, ProcessKind.Echo, "echo"), "Sends back what comes (port 7)." },
            { "discard", Listener("discardServer", null), (s, v) => Take(s, v, ProcessKind.Discard, "discard"), "Reads and forgets (port 9)." },
            { "chargen", Listener("chargenServer", null), (s, v) => Take(s, v, ProcessKind.Chargen, "chargen"), "Sends characters (port 19)." },
            { "iperf3", Listener("iperf3Server", null), (s, v) => Take(s, v, ProcessKind.Iperf3, "iperf3"), "An iperf3 server (port 5201)." },
            { "dns", Listener("dnsServer", new ObjectShape<ProcessSpec>("", "", static () => new())
            {
                { "records", new MapValue<IReadOnlyList<InternetAddress>>("names", Values.List(Values.Address)), (s, v) => s.Records = v, "Names and their addresses." },
                { "forward", Values.Address, (s, v) => s.Forward = v, "Who is asked for other names." },
            }), (s, v) => Take(s, v, ProcessKind.Dns, "dns"), "A DNS server (port 53)." },
            { "dhcp", DhcpServer, (s, v) => Take(s, v, ProcessKind.DhcpServer, "dhcp"), "A DHCPv4 server." },
            { "dhcp-server", DhcpServer, (s, v) => Take(s, v, ProcessKind.DhcpServer, "dhcp-server"), "The same." },
            { "dhcp-client", new ObjectShape<ProcessSpec>("dhcpClient", "a DHCP client", static () => new())
            {
                { "dev", Values.LocalDevice("DHCP device"), (s, v) => s.Device = v, "The device it configures.", Presence.Required },
                { "client-id", Values.Text, (s, v) => s.ClientId = v, "What it calls itself (its MAC; on an ipvlan its name)." },
            }, (s, v) => Take(s, v, ProcessKind.DhcpClient, "dhcp-client"), "A DHCPv4 client." },
            { "router-advertisement", new ObjectShape<ProcessSpec>("routerAdvertisement", "router advertisements", static () => new())
            {
                { "dev", Values.LocalDevice("advertising device"), (s, v) => s.Device = v, "The device.", Presence.Required },
                { "prefixes", Values.List(Values.Prefix), (s, v) => s.Prefixes = v, "The prefixes." },
                { "interval", Values.Duration, (s, v) => s.Interval = v, "How often at most (600s)." },
                { "lifetime", Values.Duration, (s, v) => s.Lifetime = v, "How long it is a default router (three intervals)." },
                { "valid-lifetime", Values.Duration, (s, v) => s.ValidLifetime = v, "How long its prefixes are valid (86400s)." },
                { "preferred-lifetime", Values.Duration, (s, v) => s.PreferredLifetime = v, "How long they are preferred (14400s)." },
                { "mtu", Values.Integer(1280, 65_535, "an MTU"), (s, v) => s.Mtu = v, "The MTU of the link." },
                { "hop-limit", Values.Integer(0, 255, "a hop limit"), (s, v) => s.HopLimit = v, "The hop limit to use (64)." },
                { "preference", Values.Word("a preference", ("high", 1), ("medium", 0), ("low", -1)), (s, v) => s.Preference = v, "Among several routers (medium)." },
                { "managed", Values.Boolean, (s, v) => s.Managed = v, "Addresses come by DHCPv6 (false)." },
                { "other", Values.Boolean, (s, v) => s.OtherConfiguration = v, "Other settings come by DHCPv6 (false)." },
                { "dns", Values.List(Values.Address), (s, v) => s.DnsServers = v, "The DNS servers (RDNSS)." },
            }, (s, v) => Take(s, v, ProcessKind.RouterAdvertisement, "router-advertisement"), "IPv6 router advertisements." },
            { "flannel-udp", new ObjectShape<ProcessSpec>("flannelUdp", "flannel's UDP mode", static () => new())
            {
                { "dev", Values.LocalDevice("TUN device"), (s, v) => s.Device = v, "The TUN device whose packets it carries.", Presence.Required },
                { "routes", Values.List(ProcessRoute), (s, v) => s.Routes = v, "Which machine each subnet is on.", Presence.Required },
                { "address", Values.Address, (s, v) => s.Address = v, "The address to listen on (any)." },
                { "port", Values.Port, (s, v) => s.Port = v, "The UDP port (8285)." },
            }, (s, v) => Take(s, v, ProcessKind.FlannelUdp, "flannel-udp"), "flannel's UDP mode: packets of a TUN device in datagrams." },
            { "name", Values.Name, (s, v) => s.Name = v, "A name for kill." },
        },
    };

    private static ObjectShape<ProcessRouteSpec> ProcessRoute => new("processRoute", "a subnet and its machine", static () => new())
    {
        { "to", Values.Prefix, (s, v) => s.To = v, "The subnet.", Presence.Required },
        { "via", Values.Address, (s, v) => s.Via = v, "The machine's address.", Presence.Required },
        { "port", Values.Port, (s, v) => s.Port = v, "The machine's UDP port (8285)." },
    };

    private static ObjectShape<ProcessSpec> DhcpServer => new("dhcpServer", "a DHCP server", static () => new())
    {
        { "dev", Values.LocalDevice("DHCP device"), (s, v) => s.Device = v, "The device it serves.", Presence.Required },
        { "pool", new ListValue<InternetAddress>(Values.Address) { Minimum = 2, Maximum = 2 }, (s, v) => s.Pool = v, "The first and last address.", Presence.Required },
        { "router", Values.Address, (s, v) => s.Router = v, "The default router." },
        { "lease", Values.Duration, (s, v) => s.Lease = v, "How long a lease lives (12h)." },
        { "dns", Values.List(Values.Address), (s, v) => s.DnsServers = v, "The DNS servers." },
    };

    /// <summary>The settings of a server: where it listens, and what it has besides.</summary>
    private static ObjectShape<ProcessSpec> Listener(string name, ObjectShape<ProcessSpec>? further)
    {
        ObjectShape<ProcessSpec> shape = new(name, "a server", static () => new())
        {
            MayBeEmpty = true,
            Fields =
            {
                { "port", Values.Port, (s, v) => s.Port = v, "The port." },
                { "address", Values.Address, (s, v) => s.Address = v, "The address to listen on (any)." },
                { "protocol", ProtocolWord, (s, v) => s.Protocol = v, "The transport." },
            },
        };
        if (further is not null)
        {
            shape.Add(further, static s => s);
        }

        return shape;
    }

    private static void Take(ProcessSpec target, ProcessSpec settings, ProcessKind kind, string word)
    {
        target.Kind = kind;
        target.Name = target.Name.Length == 0 ? word : target.Name;
        target.Port = settings.Port;
        target.Protocol = settings.Protocol;
        target.Address = settings.Address;
        target.Device = settings.Device;
        target.Body = settings.Body;
        target.Status = settings.Status;
        target.Records = settings.Records;
        target.Forward = settings.Forward;
        target.Pool = settings.Pool;
        target.Router = settings.Router;
        target.Lease = settings.Lease;
        target.Routes = settings.Routes;
        target.Prefixes = settings.Prefixes;
        target.Interval = settings.Interval;
        target.DnsServers = settings.DnsServers;
        target.ClientId = settings.ClientId;
        target.Lifetime = settings.Lifetime;
        target.ValidLifetime = settings.ValidLifetime;
        target.PreferredLifetime = settings.PreferredLifetime;
        target.Mtu = settings.Mtu;
        target.HopLimit = settings.HopLimit;
        target.Preference = settings.Preference;
        target.Managed = settings.Managed;
        target.OtherConfiguration = settings.OtherConfiguration;
    }
}
