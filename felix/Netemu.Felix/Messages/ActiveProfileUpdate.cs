using System.Collections.Generic;

namespace Netemu.Felix.Messages;

/// <summary>A profile that an endpoint of this node names.</summary>
public sealed record ActiveProfileUpdate(string Profile, IReadOnlyList<ActiveRule> Ingress, IReadOnlyList<ActiveRule> Egress)
    : DataplaneMessage;
