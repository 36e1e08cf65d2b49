using Netemu.Bgp.Attributes;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Updates;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>The interning tables of one emulation (or of one daemon).</summary>
public sealed class BgpTables
{
    public PathAttributeTable Attributes { get; } = new();

    public PrefixTable IPv4Prefixes { get; } = new IPv4PrefixTable();

    public PrefixTable IPv6Prefixes { get; } = new PrefixTable<IPv6Address>();

    /// <summary>Hears of every UPDATE before it is processed; null for nobody.</summary>
    public UpdateWatcher? UpdateWatcher { get; set; }

    /// <summary>Attributes read before, by their bytes.</summary>
    internal AttributeCache Cache { get; } = new();

    internal OpenCache Opens { get; } = new();

    /// <summary>The neighbours of all speakers.</summary>
    internal AddressTable Addresses { get; } = new();

    internal RibPages Pages { get; } = new();

    /// <summary>Room for one flush; used within one call only, as is what follows.</summary>
    internal UpdateBatch Batch { get; } = new();

    internal UpdateEncoder Encoder { get; } = new();

    internal PathAttributesBuilder Builder { get; } = new();

    /// <summary>Room for encoding; used within one call only.</summary>
    internal byte[] Scratch { get; set; } = new byte[8192];

    internal NlriBuffer Nlri { get; } = new();

    /// <summary>Room for what is read from a stream; used within one call only.</summary>
    internal byte[] ReadBuffer { get; } = new byte[1 << 17];
}
