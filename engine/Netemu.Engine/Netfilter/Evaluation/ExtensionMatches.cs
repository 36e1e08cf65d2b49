using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>
/// `-m physdev` (physdev_mt). Without bridge-nf-call-iptables a packet has no ports: then only negated questions hold.
/// </summary>
internal sealed class PhysicalDeviceMatch(PacketFilter filter, RuleMatch.PhysicalDevice match) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        NetDevice? input = view.Frame.PhysicalInput == 0 ? null : view.Space.FindDevice(Math.Abs(view.Frame.PhysicalInput));
        NetDevice? output = filter.PhysicalOutput;
        return Holds(match.IsBridged, output is not null)
            && Holds(match.HasInput, input is not null)
            && Holds(match.HasOutput, output is not null)
            && HasName(match.InputPort, match.InputNegated, input)
            && HasName(match.OutputPort, match.OutputNegated, output);
    }

    private static bool Holds(bool? negated, bool answer) => negated is null || answer != negated.Value;

    private static bool HasName(string? name, bool negated, NetDevice? device) =>
        name is null || (device is not null && CompiledRule.NameMatches(name, device)) != negated;
}

/// <summary>`--ctproto`.</summary>
internal sealed class ConnectionProtocolMatch(IPProtocol protocol, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view) =>
        view.Frame.Connection is Connection connection && (connection.Original.Protocol == protocol) != negated;
}

/// <summary>`--ctreplsrc` and `--ctrepldst`.</summary>
internal sealed class ReplyAddressMatch(SetDirection side, InternetPrefix prefix, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view) =>
        view.Frame.Connection is Connection connection
        && prefix.Contains(side == SetDirection.Source ? connection.Reply.Source : connection.Reply.Destination) != negated;
}

/// <summary>`--ctreplsrcport` and `--ctrepldstport`.</summary>
internal sealed class ReplyPortMatch(SetDirection side, PortRange range, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view) =>
        view.Frame.Connection is Connection connection
        && range.Contains(side == SetDirection.Source ? connection.Reply.SourcePort : connection.Reply.DestinationPort) != negated;
}

/// <summary>`--ctstatus`: one of the listed ones, or with NONE no status at all.</summary>
internal sealed class StatusMatch(TrackedStatus status, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        if (view.Frame.Connection is not Connection connection)
        {
            return false;
        }

        TrackedStatus own = Of(connection.Status, ConnectionStatus.SeenReply, TrackedStatus.SeenReply)
            | Of(connection.Status, ConnectionStatus.Assured, TrackedStatus.Assured)
            | Of(connection.Status, ConnectionStatus.Confirmed, TrackedStatus.Confirmed);
        bool holds = status == TrackedStatus.None ? own == TrackedStatus.None : (own & status) != 0;
        return holds != negated;
    }

    private static TrackedStatus Of(ConnectionStatus status, ConnectionStatus bit, TrackedStatus tracked) =>
        (status & bit) != 0 ? tracked : TrackedStatus.None;
}

/// <summary>`--ctexpire`.</summary>
internal sealed class ExpiryMatch(uint first, uint last, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        if (view.Frame.Connection is not Connection connection)
        {
            return false;
        }

        long seconds = connection.IsConfirmed
            ? Math.Max(0, (connection.ExpiresAt - view.Space.Node.Shard.NowNanoseconds) / 1_000_000_000)
            : 0;
        return (seconds >= first && seconds <= last) != negated;
    }
}

/// <summary>`--tcp-option` (tcp_find_option): a malformed list of options drops the packet.</summary>
internal sealed class TcpOptionMatch(byte number, bool negated) : CompiledMatch
{
    private const int MinimumHeader = 20;

    public override bool Matches(ref PacketView view)
    {
        view.Read();
        if (view.Protocol != IPProtocol.Tcp || !view.HasTransport)
        {
            return false;
        }

        ReadOnlySpan<byte> segment = view.Packet[view.TransportOffset..];
        int length = segment.Length < MinimumHeader ? 0 : (segment[12] >> 4) * 4;
        if (length < MinimumHeader || length > segment.Length)
        {
            view.HotDrop = true;
            return false;
        }

        ReadOnlySpan<byte> options = segment[MinimumHeader..length];
        for (int i = 0; i < options.Length;)
        {
            if (options[i] == number)
            {
                return !negated;
            }

            i += options[i] < 2 ? 1 : i + 1 < options.Length && options[i + 1] > 0 ? options[i + 1] : 1;
        }

        return negated;
    }
}

/// <summary>`-m sctp --chunk-types` (match_packet of xt_sctp.c).</summary>
internal sealed class SctpChunksMatch(SctpChunkScope scope, ImmutableArray<SctpChunk> chunks, bool negated) : CompiledMatch
{
    private const int CommonHeader = 12;
    private const int ChunkHeader = 4;

    public override bool Matches(ref PacketView view)
    {
        view.Read();
        if (view.Protocol != IPProtocol.Sctp || view.IsLaterFragment)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = view.Packet[view.TransportOffset..];
        if (rest.Length < CommonHeader)
        {
            view.HotDrop = true;
            return false;
        }

        rest = rest[CommonHeader..];
        uint seen = 0;
        bool foreign = false;
        while (rest.Length >= ChunkHeader)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (length < ChunkHeader)
            {
                view.HotDrop = true;
                return false;
            }

            int index = Find(rest[0], rest[1]);
            seen |= index >= 0 ? 1u << index : 0;
            foreign |= index < 0;

            // RFC 9260 section 3.2: chunks are padded to four bytes.
            int padded = (length + 3) & ~3;
            rest = padded >= rest.Length ? [] : rest[padded..];
        }

        bool holds = scope switch
        {
            SctpChunkScope.Any => seen != 0,
            SctpChunkScope.All => seen == Everything,
            _ => !foreign,
        };
        return holds != negated;
    }

    private uint Everything => chunks.Length == 32 ? uint.MaxValue : (1u << chunks.Length) - 1;

    private int Find(byte type, byte flags)
    {
        for (int i = 0; i < chunks.Length; i++)
        {
            if (chunks[i].Type == type && (flags & chunks[i].FlagMask) == chunks[i].Flags)
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>`-m iprange`.</summary>
internal sealed class AddressRangeMatch(SetDirection side, InternetAddress first, InternetAddress last, bool negated) : CompiledMatch
{
    private readonly (ulong High, ulong Low) _first = WordsOf(first);
    private readonly (ulong High, ulong Low) _last = WordsOf(last);

    public override bool Matches(ref PacketView view)
    {
        view.Read();
        (ulong High, ulong Low) address = side == SetDirection.Source
            ? (view.SourceHigh, view.SourceLow)
            : (view.DestinationHigh, view.DestinationLow);
        return (address.CompareTo(_first) >= 0 && address.CompareTo(_last) <= 0) != negated;
    }

    private static (ulong High, ulong Low) WordsOf(InternetAddress address) =>
        address.IsIPv4 ? (0, address.IPv4.Value) : (address.IPv6.High, address.IPv6.Low);
}

/// <summary>`-m pkttype`: a looped back or own packet is judged by its address (xt_pkttype.c).</summary>
internal sealed class LinkTypeMatch(LinkPacketType type, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        LinkPacketType own = view.Frame.Type switch
        {
            Frames.PacketType.Broadcast => LinkPacketType.Broadcast,
            Frames.PacketType.Multicast => LinkPacketType.Multicast,
            _ => LinkPacketType.Unicast,
        };
        return (own == type) != negated;
    }
}
