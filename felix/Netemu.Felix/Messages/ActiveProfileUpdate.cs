using System.Collections.Generic;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Messages;

/// <summary>A profile that an endpoint of this node names.</summary>
public sealed record ActiveProfileUpdate(string Profile, IReadOnlyList<ActiveRule> Ingress, IReadOnlyList<ActiveRule> Egress)
    : DataplaneMessage
{
    internal Memo<RenderedChains> Rendered { get; } = new();
}
