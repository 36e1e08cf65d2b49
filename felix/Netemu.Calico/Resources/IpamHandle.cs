using System.Collections.Immutable;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>The blocks in which a handle (NETWORK.CONTAINERID) holds addresses, with their number; sorted by block.</summary>
public sealed record IpamHandle(string HandleId, ImmutableSortedDictionary<InternetPrefix, int> Blocks)
    : Resource(new ObjectMetadata(HandleId))
{
    public override ResourceKind Kind => ResourceKind.IpamHandle;

    public static ResourceKey KeyOf(string handleId) => new(ResourceKind.IpamHandle, handleId);
}
