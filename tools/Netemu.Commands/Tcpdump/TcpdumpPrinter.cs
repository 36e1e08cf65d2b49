using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Capture;

namespace Netemu.Commands.Tcpdump;

/// <summary>Lines about frames in tcpdump 4.99's words; numbers of TCP count from the first segment of each direction that was seen.</summary>
internal sealed class TcpdumpPrinter(TcpdumpOptions options)
{
    private readonly Dictionary<(InternetAddress, ushort, InternetAddress, ushort), uint> _first = [];

    public string Line(ReadOnlySpan<byte> frame, SimTime time, string device, bool outgoing)
    {
        StringBuilder line = new();
        if (!options.IsWithoutTime)
        {
            long microseconds = time.Nanoseconds / 1000;
            line.Append(options.ShowsSeconds
                ? string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000_000}.{microseconds % 1_000_000:d6} ")
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{microseconds / 3_600_000_000 % 24:d2}:{microseconds / 60_000_000 % 60:d2}:{microseconds / 1_000_000 % 60:d2}.{microseconds % 1_000_000:d6} "));
        }

        if (options.AllDevices)
        {
            line.Append($"{device,-5} {(outgoing ? "Out" : "In"),-3} ");
        }

        string summary = Describe(frame);
        if (options.ShowsEthernet && frame.Length >= EthernetHeader.Size)
        {
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[EthernetHeader.TypeOffset..]);
            string name = type switch { EtherType.IPv4 => "IPv4", EtherType.IPv6 => "IPv6", EtherType.Arp => "ARP", 0x8100 => "802.1Q", _ => "Unknown" };
            line.Append($"{MacAddress.Read(frame[6..])} > {MacAddress.Read(frame)}, ethertype {name} (0x{type:x4}), length {frame.Length}: ");
            foreach (string prefix in (ReadOnlySpan<string>)["IP ", "IP6 ", "ARP, "])
            {
                summary = summary.StartsWith(prefix, StringComparison.Ordinal) ? summary[prefix.Length..] : summary;
            }
        }

        return line.Append(summary).ToString();
    }

    private string Describe(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader.Size + 1)
        {
            return FrameSummary.Describe(frame);
        }

        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[EthernetHeader.TypeOffset..]);
        byte[] packet = frame[EthernetHeader.Size..].ToArray();
        if (type == EtherType.IPv4 && IPv4Header.TryParseStructure(packet, out IPv4Header v4) == WireError.None
            && v4 is { Protocol: IPProtocol.Tcp, FragmentOffset: 0 } && TcpHeader.TryParse(v4.Payload, out TcpHeader tcp) == WireError.None)
        {
            return $"{Verbose(v4)}{DescribeTcp(v4.Source, v4.Destination, tcp)}";
        }

        if (type == EtherType.IPv6 && IPv6Header.TryParse(packet, out IPv6Header v6) == WireError.None
            && v6.NextHeader == IPProtocol.Tcp && TcpHeader.TryParse(v6.Payload, out TcpHeader tcp6) == WireError.None)
        {
            return $"IP6 {DescribeTcp(v6.Source, v6.Destination, tcp6)}";
        }

        string summary = FrameSummary.Describe(frame);
        return options.IsVerbose && type == EtherType.IPv4 && IPv4Header.TryParseStructure(packet, out IPv4Header other) == WireError.None
            ? Verbose(other) + summary["IP ".Length..]
            : summary;
    }

    private string Verbose(in IPv4Header ip)
    {
        if (!options.IsVerbose)
        {
            return "IP ";
        }

        string flags = ip.DontFragment ? "DF" : ip.MoreFragments ? "+" : "none";
        string protocol = ip.Protocol.ToString().ToUpperInvariant();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"IP (tos 0x{ip.TrafficClass:x}, ttl {ip.Ttl}, id {ip.Identification}, offset {ip.FragmentOffset}, flags [{flags}], proto {protocol} ({(int)ip.Protocol}), length {ip.TotalLength})\n    ");
    }

    private string DescribeTcp(InternetAddress source, InternetAddress destination, in TcpHeader tcp)
    {
        (InternetAddress, ushort, InternetAddress, ushort) forth = (source, tcp.SourcePort, destination, tcp.DestinationPort);
        (InternetAddress, ushort, InternetAddress, ushort) back = (destination, tcp.DestinationPort, source, tcp.SourcePort);
        bool syn = (tcp.Flags & TcpFlags.Syn) != 0;
        bool acknowledges = (tcp.Flags & TcpFlags.Ack) != 0;
        int length = tcp.Payload.Length;
        if (options.IsQuiet)
        {
            return $"{source}.{tcp.SourcePort} > {destination}.{tcp.DestinationPort}: tcp {length}";
        }

        uint sequence = tcp.SequenceNumber;
        uint acknowledgment = tcp.AcknowledgmentNumber;
        if (syn)
        {
            _first[forth] = sequence;
        }
        else
        {
            _first.TryAdd(forth, sequence - 1);
            sequence -= _first[forth];
            if (acknowledges)
            {
                _first.TryAdd(back, acknowledgment - 1);
                acknowledgment -= _first[back];
            }
        }

        StringBuilder text = new();
        text.Append($"{source}.{tcp.SourcePort} > {destination}.{tcp.DestinationPort}: Flags [{Flags(tcp.Flags)}]");
        bool showsSequence = length > 0 || (tcp.Flags & (TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst)) != 0;
        text.Append(!showsSequence ? string.Empty
            : length > 0 ? string.Create(CultureInfo.InvariantCulture, $", seq {sequence}:{sequence + (uint)length}")
            : string.Create(CultureInfo.InvariantCulture, $", seq {sequence}"));
        text.Append(acknowledges ? string.Create(CultureInfo.InvariantCulture, $", ack {acknowledgment}") : string.Empty);
        text.Append(CultureInfo.InvariantCulture, $", win {tcp.Window}");
        string described = TcpdumpTcpOptions.Describe(tcp.Options);
        text.Append(described.Length > 0 ? $", options [{described}]" : string.Empty);
        return text.Append(CultureInfo.InvariantCulture, $", length {length}").ToString();
    }

    private static string Flags(TcpFlags flags)
    {
        StringBuilder letters = new();
        foreach ((TcpFlags flag, char letter) in (ReadOnlySpan<(TcpFlags, char)>)[
            (TcpFlags.Fin, 'F'), (TcpFlags.Syn, 'S'), (TcpFlags.Rst, 'R'), (TcpFlags.Psh, 'P'), (TcpFlags.Ack, '.'), (TcpFlags.Urg, 'U')])
        {
            if ((flags & flag) != 0)
            {
                letters.Append(letter);
            }
        }

        return letters.Length == 0 ? "none" : letters.ToString();
    }
}
