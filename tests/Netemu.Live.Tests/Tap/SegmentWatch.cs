using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Live.Tests.Tap;

/// <summary>
/// Watches the one TCP connection of a device and says what RFC 9293 forbids: data beyond the window that the other side
/// has offered, acknowledgment or SACK of data that was never sent, a window that moves back. Counts retransmissions.
/// </summary>
internal sealed class SegmentWatch : IFrameTap
{
    private readonly Side _host = new("emulated");
    private readonly Side _peer = new("kernel");
    private readonly List<string> _violations = [];

    public SegmentWatch(NetDevice device) => device.AddTap(this);

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Segments of the emulated side that carried data sent before.</summary>
    public int Retransmissions => _host.Retransmissions;

    /// <summary>The same of the kernel's side, as they arrived here: what was lost on the way counts only once.</summary>
    public int KernelRetransmissions => _peer.Retransmissions;

    public long Segments { get; private set; }

    public void Seen(Frame frame, NetDevice device, bool outgoing)
    {
        if (IPv4Header.TryParse(frame.Bytes[EthernetHeader.Size..], out IPv4Header ip) != WireError.None
            || ip.Protocol != IPProtocol.Tcp
            || TcpHeader.TryParse(ip.Payload, out TcpHeader tcp) != WireError.None)
        {
            return;
        }

        Segments++;
        (Side from, Side to) = outgoing ? (_host, _peer) : (_peer, _host);
        Look(tcp, from, to);
    }

    private void Look(in TcpHeader tcp, Side from, Side to)
    {
        int payload = tcp.Payload.Length;
        if ((tcp.Flags & TcpFlags.Syn) != 0)
        {
            from.Begin(tcp);
        }

        long start = from.Unwrap(tcp.SequenceNumber);
        long end = start + payload + ((tcp.Flags & (TcpFlags.Fin | TcpFlags.Syn)) != 0 ? 1 : 0);
        if (payload > 0)
        {
            if (end <= from.Sent)
            {
                from.Retransmissions++;
            }

            if (to.RightEdge > 0 && start + payload > to.RightEdge)
            {
                Violate($"{from.Name} sent up to {start + payload}, the window ends at {to.RightEdge}");
            }
        }

        from.Sent = Math.Max(from.Sent, end);
        if ((tcp.Flags & TcpFlags.Ack) == 0 || (tcp.Flags & TcpFlags.Rst) != 0)
        {
            return;
        }

        long acknowledged = to.Unwrap(tcp.AcknowledgmentNumber);
        if (acknowledged > to.Sent)
        {
            Violate($"{from.Name} acknowledges {acknowledged}, {to.Name} has sent {to.Sent}");
        }

        int shift = (tcp.Flags & TcpFlags.Syn) != 0 ? 0 : from.Scales && to.Scales ? from.Scale : 0;
        long edge = acknowledged + ((long)tcp.Window << shift);

        // Rounding to the scale may lose less than one unit.
        if (acknowledged >= from.Acknowledged && edge + (1L << shift) <= from.RightEdge && (tcp.Flags & TcpFlags.Fin) == 0)
        {
            from.ShrunkWindows++;
            if (ReferenceEquals(from, _host))
            {
                Violate($"{from.Name} takes its window back from {from.RightEdge} to {edge}");
            }
        }

        from.Acknowledged = Math.Max(from.Acknowledged, acknowledged);
        from.RightEdge = Math.Max(from.RightEdge, edge);
        LookAtSack(tcp, from, to);
    }

    private void LookAtSack(in TcpHeader tcp, Side from, Side to)
    {
        Span<byte> options = tcp.Options;
        for (int i = 0; i < options.Length;)
        {
            int kind = options[i];
            if (kind == 0)
            {
                return;
            }

            if (kind == 1)
            {
                i++;
                continue;
            }

            int length = options[i + 1];
            for (int block = i + 2; kind == 5 && block < i + length; block += 8)
            {
                long left = to.Unwrap(BinaryPrimitives.ReadUInt32BigEndian(options[block..]));
                long right = to.Unwrap(BinaryPrimitives.ReadUInt32BigEndian(options[(block + 4)..]));
                if (left >= right || right > to.Sent)
                {
                    Violate($"{from.Name} sacks {left}-{right}, {to.Name} has sent {to.Sent}");
                }
            }

            i += length;
        }
    }

    private void Violate(FormattableString text)
    {
        if (_violations.Count < 20)
        {
            _violations.Add(text.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>What one side has sent and offered, in sequence numbers counted from its SYN.</summary>
    private sealed class Side(string name)
    {
        private uint _initial;

        public string Name => name;

        public long Sent { get; set; }

        /// <summary>How far the other side may send; 0 until it is known.</summary>
        public long RightEdge { get; set; }

        public long Acknowledged { get; set; }

        public int Scale { get; private set; }

        public bool Scales { get; private set; }

        public int Retransmissions { get; set; }

        public int ShrunkWindows { get; set; }

        public void Begin(in TcpHeader tcp)
        {
            _initial = tcp.SequenceNumber;
            Span<byte> options = tcp.Options;
            for (int i = 0; i < options.Length && options[i] != 0; i += options[i] == 1 ? 1 : options[i + 1])
            {
                if (options[i] == 3)
                {
                    Scales = true;
                    Scale = options[i + 2];
                }
            }
        }

        /// <summary>The number nearest to what has been sent that has these low 32 bits.</summary>
        public long Unwrap(uint number)
        {
            long relative = number - _initial;
            return Sent + (int)(uint)(relative - Sent);
        }
    }
}
