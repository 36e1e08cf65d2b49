using Netemu.Core.Addresses;
using Netemu.Engine.Devices;

namespace Netemu.Engine.Routing;

/// <summary>What routing may look at (the kernel's flowi).</summary>
public readonly record struct FlowKey<TAddress>(
    TAddress Source, TAddress Destination, NetDevice? Input, NetDevice? Output, uint Mark, byte TypeOfService)
    where TAddress : struct, IIPAddress<TAddress>
{
    /// <summary>Protocol and ports as <see cref="TransportKey"/> packs them; filled in only where a rule asks for them.</summary>
    public ulong Transport { get; init; }
}
