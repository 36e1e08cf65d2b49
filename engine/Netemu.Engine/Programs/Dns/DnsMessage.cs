using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Programs.Dns;

/// <summary>A DNS message with one question (RFC 1035 section 4). Names are written without compression and read with it.</summary>
public sealed class DnsMessage
{
    public const int HeaderSize = 12;

    /// <summary>What fits in a datagram without EDNS (RFC 1035 section 2.3.4).</summary>
    public const int LargestDatagram = 512;

    private const ushort Internet = 1;
    private const int MostLabels = 128;

    public ushort Id { get; init; }

    public bool IsResponse { get; init; }

    /// <summary>AA.</summary>
    public bool IsAuthoritative { get; set; }

    /// <summary>TC.</summary>
    public bool IsTruncated { get; set; }

    /// <summary>RD.</summary>
    public bool RecursionDesired { get; init; }

    /// <summary>RA.</summary>
    public bool RecursionAvailable { get; set; }

    public byte OperationCode { get; init; }

    public DnsResponseCode ResponseCode { get; set; }

    /// <summary>The name asked for, without the last dot; empty for the root.</summary>
    public string Question { get; init; } = string.Empty;

    public DnsType QuestionType { get; init; } = DnsType.A;

    public IList<DnsRecord> Answers { get; } = [];

    public IList<DnsRecord> Authorities { get; } = [];

    /// <summary>Reads a message; null if it is malformed or has not exactly one question.</summary>
    public static DnsMessage? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize || BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) != 1)
        {
            return null;
        }

        int offset = HeaderSize;
        if (!TryReadName(bytes, ref offset, out string question) || offset + 4 > bytes.Length)
        {
            return null;
        }

        DnsMessage message = new()
        {
            Id = BinaryPrimitives.ReadUInt16BigEndian(bytes),
            IsResponse = (bytes[2] & 0x80) != 0,
            OperationCode = (byte)((bytes[2] >> 3) & 0xF),
            IsAuthoritative = (bytes[2] & 0x04) != 0,
            IsTruncated = (bytes[2] & 0x02) != 0,
            RecursionDesired = (bytes[2] & 0x01) != 0,
            RecursionAvailable = (bytes[3] & 0x80) != 0,
            ResponseCode = (DnsResponseCode)(bytes[3] & 0xF),
            Question = question,
            QuestionType = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]),
        };
        offset += 4;
        return TryReadRecords(bytes, ref offset, BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]), message.Answers)
            && TryReadRecords(bytes, ref offset, BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]), message.Authorities)
                ? message
                : null;
    }

    /// <summary>The answer to this question, with nothing in it yet.</summary>
    public DnsMessage Reply() => new()
    {
        Id = Id,
        IsResponse = true,
        OperationCode = OperationCode,
        RecursionDesired = RecursionDesired,
        Question = Question,
        QuestionType = QuestionType,
    };

    /// <summary>The message on the wire; records that do not fit are left out and TC is set.</summary>
    public byte[] ToBytes(int limit = ushort.MaxValue)
    {
        List<byte> bytes = new(64);
        byte[] header = new byte[HeaderSize];
        bytes.AddRange(header);
        WriteName(bytes, Question);
        WriteUInt16(bytes, (ushort)QuestionType);
        WriteUInt16(bytes, Internet);
        int answers = WriteRecords(bytes, Answers, limit);
        int authorities = answers == Answers.Count ? WriteRecords(bytes, Authorities, limit) : 0;
        bool truncated = IsTruncated || answers < Answers.Count;
        BinaryPrimitives.WriteUInt16BigEndian(header, Id);
        header[2] = (byte)((IsResponse ? 0x80 : 0) | (OperationCode << 3) | (IsAuthoritative ? 4 : 0) | (truncated ? 2 : 0) | (RecursionDesired ? 1 : 0));
        header[3] = (byte)((RecursionAvailable ? 0x80 : 0) | (byte)ResponseCode);
        header[5] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)answers);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(8), (ushort)authorities);
        for (int i = 0; i < HeaderSize; i++)
        {
            bytes[i] = header[i];
        }

        return [.. bytes];
    }

    /// <summary>The name whose PTR record tells an address's name (RFC 1035 section 3.5, RFC 3596 section 2.5).</summary>
    public static string ReverseName(InternetAddress address)
    {
        if (address.IsIPv4)
        {
            uint value = address.IPv4.Value;
            return $"{value & 0xFF}.{(value >> 8) & 0xFF}.{(value >> 16) & 0xFF}.{value >> 24}.in-addr.arpa";
        }

        StringBuilder name = new();
        Span<byte> bytes = stackalloc byte[16];
        address.IPv6.Write(bytes);
        for (int i = 15; i >= 0; i--)
        {
            name.Append("0123456789abcdef"[bytes[i] & 0xF]).Append('.').Append("0123456789abcdef"[bytes[i] >> 4]).Append('.');
        }

        return name.Append("ip6.arpa").ToString();
    }

    private static int WriteRecords(List<byte> bytes, IList<DnsRecord> records, int limit)
    {
        int written = 0;
        foreach (DnsRecord record in records)
        {
            int before = bytes.Count;
            WriteRecord(bytes, record);
            if (bytes.Count > limit)
            {
                bytes.RemoveRange(before, bytes.Count - before);
                break;
            }

            written++;
        }

        return written;
    }

    private static void WriteRecord(List<byte> bytes, DnsRecord record)
    {
        WriteName(bytes, record.Name);
        WriteUInt16(bytes, (ushort)record.Type);
        WriteUInt16(bytes, Internet);
        WriteUInt16(bytes, (ushort)(record.TimeToLive >> 16));
        WriteUInt16(bytes, (ushort)record.TimeToLive);
        List<byte> data = [];
        switch (record.Type)
        {
            case DnsType.A:
                byte[] v4 = new byte[4];
                record.Address.IPv4.Write(v4);
                data.AddRange(v4);
                break;
            case DnsType.AAAA:
                byte[] v6 = new byte[16];
                record.Address.IPv6.Write(v6);
                data.AddRange(v6);
                break;
            case DnsType.CNAME or DnsType.NS or DnsType.PTR:
                WriteName(data, record.Target);
                break;
            default:
                data.AddRange(record.Data.Span);
                break;
        }

        WriteUInt16(bytes, (ushort)data.Count);
        bytes.AddRange(data);
    }

    private static void WriteName(List<byte> bytes, string name)
    {
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] text = Encoding.ASCII.GetBytes(label.Length > 63 ? label[..63] : label);
            bytes.Add((byte)text.Length);
            bytes.AddRange(text);
        }

        bytes.Add(0);
    }

    private static void WriteUInt16(List<byte> bytes, ushort value)
    {
        bytes.Add((byte)(value >> 8));
        bytes.Add((byte)value);
    }

    private static bool TryReadRecords(ReadOnlySpan<byte> bytes, ref int offset, int count, IList<DnsRecord> records)
    {
        for (int i = 0; i < count; i++)
        {
            if (!TryReadName(bytes, ref offset, out string name) || offset + 10 > bytes.Length)
            {
                return false;
            }

            DnsType type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);
            uint ttl = BinaryPrimitives.ReadUInt32BigEndian(bytes[(offset + 4)..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(offset + 8)..]);
            offset += 10;
            if (offset + length > bytes.Length)
            {
                return false;
            }

            ReadOnlySpan<byte> data = bytes.Slice(offset, length);
            DnsRecord record = new(name, type, ttl);
            switch (type)
            {
                case DnsType.A when length == 4:
                    record = record with { Address = IPv4Address.Read(data) };
                    break;
                case DnsType.AAAA when length == 16:
                    record = record with { Address = IPv6Address.Read(data) };
                    break;
                case DnsType.CNAME or DnsType.NS or DnsType.PTR:
                    int at = offset;
                    if (!TryReadName(bytes, ref at, out string target))
                    {
                        return false;
                    }

                    record = record with { Target = target };
                    break;
                default:
                    record = record with { Data = data.ToArray() };
                    break;
            }

            records.Add(record);
            offset += length;
        }

        return true;
    }

    /// <summary>A name, following pointers backwards only (RFC 1035 section 4.1.4).</summary>
    private static bool TryReadName(ReadOnlySpan<byte> bytes, ref int offset, out string name)
    {
        StringBuilder text = new();
        name = string.Empty;
        int at = offset;
        int least = offset;
        bool jumped = false;
        for (int labels = 0; labels < MostLabels; labels++)
        {
            if (at >= bytes.Length)
            {
                return false;
            }

            int length = bytes[at];
            if (length == 0)
            {
                offset = jumped ? offset : at + 1;
                name = text.ToString();
                return true;
            }

            if (length >= 0xC0)
            {
                if (at + 1 >= bytes.Length)
                {
                    return false;
                }

                int target = ((length & 0x3F) << 8) | bytes[at + 1];
                offset = jumped ? offset : at + 2;
                jumped = true;
                if (target >= least)
                {
                    return false;
                }

                at = least = target;
                continue;
            }

            if (length > 63 || at + 1 + length > bytes.Length)
            {
                return false;
            }

            text.Append(text.Length == 0 ? string.Empty : ".").Append(Encoding.ASCII.GetString(bytes.Slice(at + 1, length)));
            at += 1 + length;
        }

        return false;
    }
}
