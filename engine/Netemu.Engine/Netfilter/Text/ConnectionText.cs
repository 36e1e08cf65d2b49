using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Connections;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>Connections as `conntrack -L` shows them.</summary>
public static class ConnectionText
{
    /// <summary>All live connections of a family, a line each.</summary>
    public static string List(ConnectionTable table, AddressFamily family, SimTime now)
    {
        StringBuilder text = new();
        foreach (Connection connection in table.All())
        {
            if (connection.Original.Family == family)
            {
                text.Append(Line(connection, now)).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>The word for a TCP connection's state; empty for other protocols.</summary>
    public static string StateOf(Connection connection) =>
        connection.Original.Protocol == IPProtocol.Tcp ? TcpTransitions.Text(connection.TcpState) : string.Empty;

    public static string Line(Connection connection, SimTime now)
    {
        IPProtocol protocol = connection.Original.Protocol;
        long seconds = (connection.Expires - now).Milliseconds / 1000;
        StringBuilder text = new($"{Name(protocol),-8} {(byte)protocol} {seconds} ");
        if (protocol == IPProtocol.Tcp)
        {
            text.Append($"{TcpTransitions.Text(connection.TcpState)} ");
        }

        Append(text, connection.Original);
        if ((connection.Status & ConnectionStatus.SeenReply) == 0)
        {
            text.Append("[UNREPLIED] ");
        }

        Append(text, connection.Reply);
        if ((connection.Status & ConnectionStatus.Assured) != 0)
        {
            text.Append("[ASSURED] ");
        }

        return text.Append($"mark={connection.Mark} use=1").ToString();
    }

    private static string Name(IPProtocol protocol) => protocol switch
    {
        IPProtocol.Icmpv6 => "icmpv6",
        IPProtocol.Tcp or IPProtocol.Udp or IPProtocol.Icmp or IPProtocol.Sctp or IPProtocol.UdpLite or IPProtocol.Gre =>
            ProtocolNames.Text(protocol),
        _ => "unknown",
    };

    private static void Append(StringBuilder text, in ConnectionTuple tuple)
    {
        text.Append($"src={tuple.Source} dst={tuple.Destination} ");
        switch (tuple.Protocol)
        {
            case IPProtocol.Tcp or IPProtocol.Udp or IPProtocol.UdpLite or IPProtocol.Sctp:
                text.Append($"sport={tuple.SourcePort} dport={tuple.DestinationPort} ");
                break;
            case IPProtocol.Icmp or IPProtocol.Icmpv6:
                text.Append($"type={tuple.DestinationPort >> 8} code={tuple.DestinationPort & 0xFF} id={tuple.SourcePort} ");
                break;
        }
    }
}
