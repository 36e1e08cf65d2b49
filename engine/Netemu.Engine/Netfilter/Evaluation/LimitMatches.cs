using System;
using System.Collections.Generic;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>`-m dscp` and `-m tos`: bits of the header's second byte (ipv4_get_dsfield, ipv6_get_dsfield).</summary>
internal sealed class TrafficClassMatch(byte value, byte mask, bool negated) : CompiledMatch
{
    /// <summary>`--dscp`: the class stands above the two bits of ECN.</summary>
    public static TrafficClassMatch OfDscp(RuleMatch.Dscp match) => new((byte)(match.Value << 2), 0xFC, match.Negated);

    public override bool Matches(ref PacketView view)
    {
        byte field = view.Family == AddressFamily.IPv4 ? new IPv4Header(view.Packet).TrafficClass : new IPv6Header(view.Packet).TrafficClass;
        return ((field & mask) == value) != negated;
    }
}

/// <summary>
/// `-m connlimit` (xt_connlimit.c, nf_conncount.c): how many connections with the address the rule has seen that connection tracking
/// still knows, this packet's among them. TCP connections that have been closed do not count.
/// </summary>
internal sealed class ConnectionLimitMatch(PacketFilter filter, RuleMatch.ConnectionLimit match) : CompiledMatch
{
    private readonly Dictionary<InternetAddress, List<ConnectionTuple>> _seen = [];

    public override bool Matches(ref PacketView view)
    {
        view.Read();
        if (view.Frame.Connection is not Connection connection)
        {
            view.HotDrop = true;
            return false;
        }

        InternetAddress address = Masked(match.ByDestination ? view.Destination : view.Source, match.MaskLength);
        if (!_seen.TryGetValue(address, out List<ConnectionTuple>? tuples))
        {
            _seen.Add(address, tuples = []);
        }

        ConnectionTuple own = connection.Original;
        tuples.RemoveAll(tuple => !tuple.Equals(own) && IsOver(tuple));
        if (!tuples.Contains(own))
        {
            tuples.Add(own);
        }

        return (tuples.Count > match.Most) != match.UpTo;
    }

    internal static InternetAddress Masked(InternetAddress address, int length) =>
        new InternetPrefix(address, Math.Min(length, address.IsIPv4 ? 32 : 128)).Address;

    private bool IsOver(in ConnectionTuple tuple) =>
        filter.Connections.Find(tuple, out _) is not { } known || known.TcpState is TcpConnectionState.TimeWait or TcpConnectionState.Close;
}

/// <summary>`-m hashlimit` (hashlimit_mt_common).</summary>
internal sealed class HashLimitMatch(PacketFilter filter, HashLimitTable table, RuleMatch.HashLimit match) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        view.Read();
        bool hasPorts = view.Protocol is IPProtocol.Tcp or IPProtocol.Udp or IPProtocol.UdpLite or IPProtocol.Sctp;
        bool wantsPorts = (match.Modes & (HashLimitModes.SourcePort | HashLimitModes.DestinationPort)) != 0;
        if (wantsPorts && hasPorts && !view.HasTransport)
        {
            view.HotDrop = true;
            return false;
        }

        int source = hasPorts && Has(HashLimitModes.SourcePort) ? view.SourcePort : 0;
        int destination = hasPorts && Has(HashLimitModes.DestinationPort) ? view.DestinationPort : 0;
        bool? below = table.TryTake(
            (Has(HashLimitModes.SourceAddress) ? ConnectionLimitMatch.Masked(view.Source, match.SourceMask) : default,
                Has(HashLimitModes.DestinationAddress) ? ConnectionLimitMatch.Masked(view.Destination, match.DestinationMask) : default,
                (source << 16) | destination),
            filter.Namespace.Node.Now.Nanoseconds);
        view.HotDrop |= below is null;
        return below is { } isBelow && isBelow != match.Above;
    }

    private bool Has(HashLimitModes mode) => (match.Modes & mode) != 0;
}

/// <summary>`-m string` (xt_string.c): the pattern begins at or behind <c>--from</c> and ends by <c>--to</c>.</summary>
internal sealed class StringMatch(RuleMatch.StringPattern match) : CompiledMatch
{
    private readonly byte[] _pattern = Encoding.Latin1.GetBytes(match.IgnoreCase ? match.Pattern!.ToUpperInvariant() : match.Pattern!);

    public override bool Matches(ref PacketView view)
    {
        ReadOnlySpan<byte> packet = view.Packet;
        int end = Math.Min(match.To, packet.Length);
        bool found = match.From < end && Find(packet[match.From..end]);
        return found != match.Negated;
    }

    private bool Find(ReadOnlySpan<byte> bytes)
    {
        if (!match.IgnoreCase)
        {
            return bytes.IndexOf(_pattern) >= 0;
        }

        for (int i = 0; i + _pattern.Length <= bytes.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(bytes.Slice(i, _pattern.Length), _pattern))
            {
                return true;
            }
        }

        return false;
    }
}
