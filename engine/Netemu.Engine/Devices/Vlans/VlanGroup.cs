using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Devices.Vlans;

/// <summary>
/// The VLANs of one device (struct vlan_group): takes tagged frames before the receive handler does, as vlan_do_receive
/// stands before it in __netif_receive_skb_core. What no VLAN wants goes on to <see cref="Next"/>.
/// </summary>
internal sealed class VlanGroup(NetDevice device) : IReceiveHandler
{
    private readonly Dictionary<int, VlanDevice> _byTag = [];

    /// <summary>The device's receive handler proper, or null for its namespace.</summary>
    public IReceiveHandler? Next { get; set; }

    public bool IsEmpty => _byTag.Count == 0;

    public VlanDevice? Find(ushort protocol, int id) => _byTag.GetValueOrDefault(KeyOf(protocol, id));

    public void Add(VlanDevice vlan) => _byTag.Add(KeyOf(vlan.Protocol, vlan.Id), vlan);

    public void Remove(VlanDevice vlan) => _byTag.Remove(KeyOf(vlan.Protocol, vlan.Id));

    public void Handle(Frame frame, NetDevice input)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes;
        if (bytes.Length >= EthernetHeader.Size + VlanTag.Size
            && BinaryPrimitives.ReadUInt16BigEndian(bytes[EthernetHeader.TypeOffset..]) is var type and (EtherType.Vlan or EtherType.ServiceVlan))
        {
            int id = BinaryPrimitives.ReadUInt16BigEndian(bytes[EthernetHeader.Size..]) & 0xFFF;
            if (_byTag.TryGetValue(KeyOf(type, id), out VlanDevice? vlan))
            {
                VlanFrame.Untag(frame);
                vlan.Receive(frame);
                return;
            }
        }

        if (Next is not null)
        {
            Next.Handle(frame, input);
            return;
        }

        device.Namespace.Receive(frame, device);
    }

    public void StateChanged(NetDevice changed) => Next?.StateChanged(changed);

    private static int KeyOf(ushort protocol, int id) => (protocol << 12) | id;
}
