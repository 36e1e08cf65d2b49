using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>Addresses that IPAM does not give out any more; those given out before stay.</summary>
public sealed record IPReservation(ObjectMetadata Metadata, IReadOnlyList<InternetPrefix> ReservedCidrs) : Resource(Metadata)
{
    public override ResourceKind Kind => ResourceKind.IPReservation;
}
