using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;

namespace Netemu.Engine.Pcapng;

/// <summary>
/// Reads packets from pcapng (both byte orders, any number of sections) and from classic pcap (both byte orders, micro- and
/// nanoseconds). What is malformed ends the reading with a <see cref="PcapngError"/>; only the stream itself may throw.
/// </summary>
public sealed partial class PcapngReader
{
    /// <summary>Longer blocks are taken for damage, as Wireshark does.</summary>
    public const int MaximumBlockLength = 16 * 1024 * 1024;

    private readonly InputWindow _window;
    private readonly List<PcapngInterface> _interfaces = [];
    private readonly List<TimestampScale> _scales = [];
    private PcapngError _end;
    private ByteOrder _order;
    private bool _started;
    private bool _isPcap;
    private int _consumed;

    public PcapngReader(Stream stream) => _window = new InputWindow(stream);

    /// <summary>The interfaces of the current section that have been described so far; one without a name for pcap.</summary>
    public IReadOnlyList<PcapngInterface> Interfaces => _interfaces;

    /// <summary>
    /// Reads the next packet. Anything but <see cref="PcapngError.None"/> is the end: further calls return the same.
    /// </summary>
    public PcapngError Read(out PcapngPacket packet)
    {
        packet = default;
        if (_end == PcapngError.None)
        {
            _window.Skip(_consumed);
            _consumed = 0;
            _end = _started ? PcapngError.None : Start();
        }

        if (_end == PcapngError.None)
        {
            _end = _isPcap ? ReadRecord(out packet) : ReadBlocks(out packet);
        }

        if (_end != PcapngError.None)
        {
            packet = default;
        }

        return _end;
    }

    private PcapngError Start()
    {
        if (!_window.Fill(4))
        {
            return _window.Available == 0 ? PcapngError.EndOfStream : PcapngError.Truncated;
        }

        _started = true;
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(_window.Peek(4));
        if (magic == PcapngFormat.SectionHeaderBlock)
        {
            return PcapngError.None;
        }

        bool bigEndian = BinaryPrimitives.ReverseEndianness(magic) is PcapngFormat.PcapMicroseconds or PcapngFormat.PcapNanoseconds;
        if (!bigEndian && magic is not (PcapngFormat.PcapMicroseconds or PcapngFormat.PcapNanoseconds))
        {
            return PcapngError.BadMagic;
        }

        _isPcap = true;
        _order = new ByteOrder(bigEndian);
        return ReadPcapHeader();
    }
}
