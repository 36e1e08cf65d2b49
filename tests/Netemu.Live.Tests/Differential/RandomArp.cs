using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests.Differential;

/// <summary>ARP packets of all kinds, most of them nonsense.</summary>
internal sealed class RandomArp(long seed)
{
    private static readonly string[] Addresses =
    [
        "10.1.0.254", "10.2.0.254", "10.1.0.1", "10.1.0.7", "10.1.0.8", "10.1.0.255", "10.2.0.1", "10.99.0.1", "0.0.0.0",
        "127.0.0.1", "224.0.0.1", "255.255.255.255",
    ];

    private static readonly string[] Macs =
    [
        "02:00:00:00:01:01", "02:00:00:00:77:01", "02:00:00:00:77:02", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff",
        "01:00:5e:00:00:01", "02:00:00:00:01:02",
    ];

    private readonly RandomSource _random = new(seed, "differential/arp");

    public IEnumerable<byte[]> Take(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return Next();
        }
    }

    private byte[] Next()
    {
        byte[] frame = new byte[EthernetHeader.Size + ArpPacket.Size];
        string to = _random.NextChance(1, 2) ? "ff:ff:ff:ff:ff:ff" : "02:00:00:00:01:02";
        EthernetHeader.Write(frame, MacAddress.Parse(to), MacAddress.Parse("02:00:00:00:01:01"), EtherType.Arp);
        ArpOperation operation = _random.NextChance(1, 20) ? (ArpOperation)_random.NextBelow(5)
            : _random.NextChance(2, 3) ? ArpOperation.Request
            : ArpOperation.Reply;
        ArpPacket.Write(
            frame.AsSpan(EthernetHeader.Size), operation, MacAddress.Parse(Pick(Macs)), IPv4Address.Parse(Pick(Addresses)),
            MacAddress.Parse(Pick(Macs)), IPv4Address.Parse(Pick(Addresses)));
        if (_random.NextChance(1, 20))
        {
            frame[EthernetHeader.Size + _random.NextBelow(6)] ^= 1;
        }

        return _random.NextChance(1, 20) ? frame[..^(int)(1 + _random.NextBelow(20))] : frame;
    }

    private string Pick(string[] choices) => choices[_random.NextBelow(choices.Length)];
}
