using Netemu.Core.Addresses;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>What `ip neigh add` and its kin say of an entry (ipneigh_modify).</summary>
internal readonly record struct NeighbourRequest()
{
    public MacAddress? Mac { get; init; }

    public NudState State { get; init; } = NudState.Permanent;

    public bool Router { get; init; }

    public bool Use { get; init; }

    public bool ExternLearn { get; init; }

    public RouteProtocol Protocol { get; init; }
}
