using Netemu.Core.Addresses;
using Netemu.Engine.Devices;

namespace Netemu.Engine.Neighbours;

/// <summary>An address on a device; equality only, never an order.</summary>
internal readonly record struct NeighbourKey<TAddress>(NetDevice Device, TAddress Address)
    where TAddress : struct, IIPAddress<TAddress>
{
    public override int GetHashCode() => (int)Address.StableHash() ^ (Device.Index * 0x9E37);

    public bool Equals(NeighbourKey<TAddress> other) => ReferenceEquals(Device, other.Device) && Address.Equals(other.Address);
}
