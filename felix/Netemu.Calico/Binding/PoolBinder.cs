using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Calico.Binding;

/// <summary>Reads pools, reservations and IPAM's configuration.</summary>
internal static class PoolBinder
{
    /// <summary>Calico's bound of ipCooldownSeconds.</summary>
    private const int MaximumCooldown = 1_200;

    public static Resource Read(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        InternetPrefix cidr = ReadCidr(spec);
        if (spec.Has("ipip"))
        {
            spec.Error("ipip", "is of the API's version 1 and must not be set", ResourceCode.Conflict, "write ipipMode: Always or CrossSubnet");
        }

        if (spec.Flag("nat-outgoing", false))
        {
            spec.Error("nat-outgoing", "is of the API's version 1 and must not be set", ResourceCode.Conflict, "write natOutgoing: true");
        }

        IPPool pool = new(metadata, cidr)
        {
            BlockSize = ReadBlockSize(spec, cidr),
            IpipMode = ReadMode(spec, "ipipMode"),
            VxlanMode = ReadMode(spec, "vxlanMode"),
            NatOutgoing = spec.Flag("natOutgoing", false),
            Disabled = spec.Flag("disabled", false),
            DisableBgpExport = spec.Flag("disableBGPExport", false),
            NodeSelector = spec.Selector("nodeSelector") ?? Selector.All,
            NamespaceSelector = spec.Selector("namespaceSelector"),
            AllowedUses = ReadUses(spec),
            AssignmentMode = ReadAssignmentMode(spec),
        };
        spec.Finish();
        Check(spec, pool);
        return pool;
    }

    public static Resource ReadReservation(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        IReadOnlyList<InternetPrefix> cidrs = spec.Prefixes("reservedCIDRs");
        spec.Finish();
        return new IPReservation(metadata, cidrs);
    }

    public static Resource ReadConfiguration(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        IpamConfiguration configuration = new(metadata)
        {
            StrictAffinity = spec.Flag("strictAffinity", false),
            AutoAllocateBlocks = spec.Flag("autoAllocateBlocks", true),
            MaxBlocksPerHost = (int?)spec.Integer("maxBlocksPerHost", 0, int.MaxValue) ?? 0,
            Cooldown = Duration.FromSeconds(spec.Integer("ipCooldownSeconds", 0, MaximumCooldown) ?? 0),
        };
        if (!configuration.StrictAffinity && !configuration.AutoAllocateBlocks)
        {
            spec.Error("autoAllocateBlocks", "needs 'strictAffinity: true' to be false", ResourceCode.Conflict);
        }
        else if (!configuration.StrictAffinity && configuration.MaxBlocksPerHost > 0)
        {
            spec.Error("maxBlocksPerHost", "needs 'strictAffinity: true'", ResourceCode.Conflict);
        }

        spec.Ignore("kubeVirtVMAddressPersistence");
        spec.Finish();
        return configuration;
    }

    public static int ReadBlockSize(FieldReader spec, InternetPrefix cidr)
    {
        (int minimum, int maximum) = cidr.IsIPv6 ? (116, 128) : (20, 32);
        int size = (int?)spec.Integer("blockSize", minimum, maximum) ?? IPPool.DefaultBlockSize(cidr);
        if (size < cidr.Length)
        {
            spec.Error("cidr", $"a block of /{size} does not fit into '{cidr}'");
        }

        return size;
    }

    private static EncapsulationMode ReadMode(FieldReader spec, string name) => spec.Choice(
        name,
        ("Never", EncapsulationMode.Never),
        ("CrossSubnet", EncapsulationMode.CrossSubnet),
        ("Always", EncapsulationMode.Always));

    private static InternetPrefix ReadCidr(FieldReader spec)
    {
        string text = spec.Required("cidr");
        if (spec.Prefix("cidr") is not { } cidr)
        {
            return InternetPrefix.Parse("0.0.0.0/0");
        }

        string address = text[..(text.IndexOf('/') is >= 0 and int slash ? slash : text.Length)];
        if (InternetAddress.TryParse(address, out InternetAddress written) && written != cidr.Address)
        {
            spec.Error("cidr", $"'{text}' has host bits set", hint: $"write {cidr}");
        }

        bool linkLocal = cidr.IsIPv4 ? cidr.Address.IPv4.IsLinkLocal : cidr.Address.IPv6.IsLinkLocal;
        if (linkLocal)
        {
            spec.Error("cidr", $"'{text}' is link-local");
        }

        return cidr;
    }

    public static PoolAssignmentMode ReadAssignmentMode(FieldReader spec) => spec.Choice(
        "assignmentMode", ("Automatic", PoolAssignmentMode.Automatic), ("Manual", PoolAssignmentMode.Manual));

    public static IReadOnlyList<PoolUse> ReadUses(FieldReader spec)
    {
        IReadOnlyList<PoolUse> uses = spec.ParsedList<PoolUse>("allowedUses", ParseUse, "Workload, Tunnel or LoadBalancer");
        return uses.Count > 0 ? uses : [PoolUse.Workload, PoolUse.Tunnel];
    }

    private static bool ParseUse(string text, out PoolUse use)
    {
        use = text switch
        {
            "Tunnel" => PoolUse.Tunnel,
            "LoadBalancer" => PoolUse.LoadBalancer,
            _ => PoolUse.Workload,
        };
        return text is "Workload" or "Tunnel" or "LoadBalancer";
    }

    private static void Check(FieldReader spec, IPPool pool)
    {
        if (pool.IpipMode != EncapsulationMode.Never && pool.VxlanMode != EncapsulationMode.Never)
        {
            spec.Error("vxlanMode", "a pool has IPIP or VXLAN, not both", ResourceCode.Conflict);
        }

        if (pool.Cidr.IsIPv6 && pool.IpipMode != EncapsulationMode.Never)
        {
            spec.Error("ipipMode", "IPIP carries IPv4 only", ResourceCode.Conflict);
        }

        if (pool.AllowedUses.Count > 1 && pool.AllowedUses is [..] uses && System.Linq.Enumerable.Contains(uses, PoolUse.LoadBalancer))
        {
            spec.Error("allowedUses", "LoadBalancer stands alone", ResourceCode.Conflict);
        }
        else if (pool.AllowedUses is [PoolUse.LoadBalancer])
        {
            spec.HasNoEffect("allowedUses", "no controller gives Services addresses of this pool: write status.loadBalancer or loadBalancerIP");
        }
    }
}
