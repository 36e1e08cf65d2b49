using System;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;

namespace Netemu.Bgp.Scenarios;

/// <summary>
/// Decodes packed UPDATEs as a receiver does up to its RIB: framing, the message's parts, attributes (validated once, then
/// found by their bytes) interned, every prefix read and given its id.
/// </summary>
public sealed class DecodeScenario
{
    /// <summary>As many /24s as fit a message of 4,096 octets beside the attributes of an internal route.</summary>
    public const int PrefixesPerMessage = 900;

    private const int Messages = 16;

    private readonly BgpTables _tables = new();
    private readonly byte[] _stream;

    public DecodeScenario()
    {
        RandomSource random = new(1, "bench/bgp-decode");
        byte[] buffer = new byte[BgpMessage.MaximumSize];
        using System.IO.MemoryStream stream = new();
        for (int i = 0; i < Messages; i++)
        {
            stream.Write(buffer, 0, Write(buffer, i, random));
        }

        _stream = stream.ToArray();
    }

    /// <summary>Decodes all messages once; the number of prefixes, and a sum of their ids so that nothing is left out.</summary>
    public (long Prefixes, long Sum) Run()
    {
        long prefixes = 0;
        long sum = 0;
        ReadOnlySpan<byte> bytes = _stream;
        while (BgpMessage.TryFrame(bytes, BgpMessage.MaximumSize, out int length, out _, out _))
        {
            sum += Decode(bytes[..length]);
            prefixes += _tables.Nlri.Count;
            bytes = bytes[length..];
        }

        return (prefixes, sum);
    }

    private int Decode(ReadOnlySpan<byte> message)
    {
        UpdateMessage.TryRead(message, out UpdateMessage update);
        const AttributeContext Context = AttributeContext.Internal | AttributeContext.FourOctetAs;
        PathAttributes? set = _tables.Cache.Find(update.Attributes, Context);
        if (set is null)
        {
            AttributeReader reader = AttributeReader.Read(update.Attributes, update.AttributesOffset, Context);
            int written = reader.WriteCanonical(_tables.Scratch, update.Attributes);
            set = _tables.Attributes.Intern(_tables.Scratch.AsSpan(0, written), reader.NextHop, default);
            _tables.Attributes.Acquire(set.Id);
            _tables.Cache.Add(update.Attributes, Context, set);
        }

        NlriBuffer nlri = _tables.Nlri;
        nlri.Clear();
        _tables.IPv4Prefixes.TryReadNlri(update.Nlri, addPath: false, nlri);
        return set.Id + nlri.Prefixes[0] + nlri.Prefixes[^1];
    }

    private int Write(byte[] buffer, int number, RandomSource random)
    {
        PathAttributesBuilder builder = _tables.Builder;
        builder.Clear();
        builder.LocalPref = PathAttributes.DefaultLocalPref;
        builder.NextHop = new IPv4Address(10, 0, 0, 1).Add(number);
        PathAttributes set = builder.Intern(_tables.Attributes);
        WireWriter writer = new(buffer);
        Updates.UpdateWriter.Frame frame = Updates.UpdateWriter.BeginAnnouncement(ref writer, AddressFamily.IPv4, set, fourOctetAs: true);
        for (int i = 0; i < PrefixesPerMessage; i++)
        {
            IPv4Address address = new((uint)random.NextBetween(0x0100_0000, 0xDFFF_FFFF) & 0xFFFF_FF00);
            int id = _tables.IPv4Prefixes.Intern(new InternetPrefix(address, 24));
            Updates.UpdateWriter.WriteNlri(ref writer, _tables.IPv4Prefixes, id, addPath: false, 0);
        }

        Updates.UpdateWriter.EndAnnouncement(ref writer, frame, set, fourOctetAs: true);
        return writer.Position;
    }
}
