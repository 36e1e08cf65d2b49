using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Binding;

/// <summary>Reads the operator's Installation, of which the network's part matters.</summary>
internal static class InstallationBinder
{
    public static Resource Read(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        FieldReader network = spec.Object("calicoNetwork");
        List<IPPool> pools = [];
        foreach (FieldReader entry in network.Objects("ipPools"))
        {
            pools.Add(ReadPool(entry, pools.Count));
        }

        if (network.Choice("linuxDataplane", ("Iptables", 0), ("Nftables", 1), ("BPF", 2), ("VPP", 3)) > 0)
        {
            network.Unsupported("linuxDataplane", "only the iptables data plane is supported");
        }

        return new Installation(metadata)
        {
            Pools = pools,
            BgpEnabled = network.Choice("bgp", ("Enabled", true), ("Disabled", false)),
        };
    }

    private static IPPool ReadPool(FieldReader entry, int index)
    {
        InternetPrefix cidr = entry.Prefix("cidr") ?? InternetPrefix.Parse("192.168.0.0/16");
        (EncapsulationMode ipip, EncapsulationMode vxlan) = entry.Choice(
            "encapsulation",
            ("IPIP", (EncapsulationMode.Always, EncapsulationMode.Never)),
            ("IPIPCrossSubnet", (EncapsulationMode.CrossSubnet, EncapsulationMode.Never)),
            ("VXLAN", (EncapsulationMode.Never, EncapsulationMode.Always)),
            ("VXLANCrossSubnet", (EncapsulationMode.Never, EncapsulationMode.CrossSubnet)),
            ("None", (EncapsulationMode.Never, EncapsulationMode.Never)));
        IPPool pool = new(
            new ObjectMetadata(entry.Text("name") ?? (index == 0 ? $"default-ipv{(cidr.IsIPv4 ? 4 : 6)}-ippool" : $"ippool-{index}")),
            cidr)
        {
            BlockSize = PoolBinder.ReadBlockSize(entry, cidr),
            IpipMode = cidr.IsIPv4 ? ipip : EncapsulationMode.Never,
            VxlanMode = vxlan,
            NatOutgoing = entry.Choice("natOutgoing", ("Enabled", true), ("Disabled", false)),
            NodeSelector = entry.Selector("nodeSelector") ?? Selector.All,
            DisableBgpExport = entry.Flag("disableBGPExport", false),
        };
        entry.Ignore("allowedUses", "assignmentMode", "disableNewAllocations");
        entry.Finish();
        return pool;
    }
}
