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

        Installation installation = new(metadata)
        {
            Pools = pools,
            BgpEnabled = network.Choice("bgp", ("Enabled", true), ("Disabled", false)),
        };
        network.Ignore("windowsDataplane", "nodeAddressAutodetectionV4", "nodeAddressAutodetectionV6", "multiInterfaceMode", "linuxPolicySetupTimeoutSeconds", "sysctl");
        network.HasNoEffect("mtu", "a pod's device has its node's MTU less the overhead of the pools");
        network.HasNoEffect("hostPorts", "a container's hostPort is not published");
        network.HasNoEffect("containerIPForwarding", "containers forward as their sysctls say");
        network.Finish();
        return installation;
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
            Disabled = entry.Flag("disableNewAllocations", false),
            AllowedUses = PoolBinder.ReadUses(entry),
            AssignmentMode = PoolBinder.ReadAssignmentMode(entry),
        };
        entry.Finish();
        return pool;
    }
}
