using FsCheck;
using FsCheck.Fluent;
using Netemu.Core.Addresses;
using IPv4Address = Netemu.Core.Addresses.IPv4Address;
using IPv6Address = Netemu.Core.Addresses.IPv6Address;

namespace Netemu.Core.Tests.Addresses;

/// <summary>Generators of addresses; those of IPv6 have long runs of zeros, where its text has its rules.</summary>
internal static class AddressGenerators
{
    public static Gen<uint> UInt32 { get; } = Gen.Choose(0, 0xFFFF).Two().Select(pair => ((uint)pair.Item1 << 16) | (uint)pair.Item2);

    public static Gen<ulong> UInt64 { get; } = UInt32.Two().Select(pair => ((ulong)pair.Item1 << 32) | pair.Item2);

    public static Gen<IPv4Address> IPv4 { get; } = UInt32.Select(value => new IPv4Address(value));

    public static Gen<IPv6Address> IPv6 { get; } = Gen.OneOf(
        Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(0, 0xF)), (1, Gen.Choose(0, 0xFFFF))).ArrayOf(8).Select(FromGroups),
        UInt64.Two().Select(pair => new IPv6Address(pair.Item1, pair.Item2)));

    public static Gen<MacAddress> Mac { get; } = UInt64.Select(value => new MacAddress(value >> 16));

    private static IPv6Address FromGroups(int[] groups)
    {
        ulong high = 0;
        ulong low = 0;
        for (int i = 0; i < 4; i++)
        {
            high = (high << 16) | (uint)groups[i];
            low = (low << 16) | (uint)groups[i + 4];
        }

        return new IPv6Address(high, low);
    }
}
