using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>Addresses under labels: a NetworkSet, or a GlobalNetworkSet where there is no namespace.</summary>
public sealed record NetworkSet(ObjectMetadata Metadata, IReadOnlyList<InternetPrefix> Nets) : Resource(Metadata)
{
    public override ResourceKind Kind => Namespace.Length > 0 ? ResourceKind.NetworkSet : ResourceKind.GlobalNetworkSet;
}
