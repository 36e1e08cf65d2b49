using Netemu.Core.Addresses;

namespace Netemu.Engine.Devices.Vxlan;

/// <summary>
/// A far end of an entry (struct vxlan_rdst): the address, and port, VNI and device where they differ from the VXLAN
/// device's own (0 and null where not).
/// </summary>
public sealed record VxlanRemote(InternetAddress Address, ushort Port = 0, int? Vni = null, NetDevice? Device = null)
{
    internal bool IsLike(VxlanRemote other) =>
        Address == other.Address && Port == other.Port && Vni == other.Vni && ReferenceEquals(Device, other.Device);
}
