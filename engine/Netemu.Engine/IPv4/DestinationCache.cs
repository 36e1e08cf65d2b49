using System;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.IPv4;

/// <summary>
/// The routes that outer packets of tunnels took last (struct dst_cache): one small cache for a namespace, by what the
/// lookup was asked. An entry counts as long as tables, rules and addresses are those of its lookup; what may differ from
/// one packet to the next under the same tables (groups, redirects) is never kept.
/// </summary>
internal sealed class DestinationCache(IPv4Stack stack)
{
    /// <summary>Entries, found by the destination's low bits: far ends of one subnet do not meet.</summary>
    private const int Size = 64;

    private readonly Entry[] _entries = new Entry[Size];

    /// <summary>The same answer as <see cref="IPv4Stack.RouteOutput"/> gives.</summary>
    public ref Entry Route(IPv4Address destination, IPv4Address source, NetDevice? device, uint mark, byte typeOfService)
    {
        ref Entry entry = ref _entries[(destination.Value ^ (destination.Value >> 8)) & (Size - 1)];
        if (entry.Destination != destination || entry.Source != source || !ReferenceEquals(entry.Device, device)
            || entry.Mark != mark || entry.TypeOfService != typeOfService || entry.Generation != stack.Routes.Generation
            || !entry.IsKept)
        {
            Fill(ref entry, destination, source, device, mark, typeOfService);
        }

        return ref entry;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Fill(
        ref Entry entry, IPv4Address destination, IPv4Address source, NetDevice? device, uint mark, byte typeOfService)
    {
        entry.Destination = destination;
        entry.Source = source;
        entry.Device = device;
        entry.Mark = mark;
        entry.TypeOfService = typeOfService;
        entry.Generation = stack.Routes.Generation;
        entry.Way = stack.RouteOutput(destination, source, device, mark, typeOfService);
        entry.Neighbour = null;
        entry.IsKept = entry.Way.Error == Errno.None && entry.Way.Route is { Group: null }
            && (source.IsUnspecified || stack.IsLocal(source));
    }

    /// <summary>Forgets everything: addresses have changed, or a redirect was learned.</summary>
    public void Clear() => Array.Clear(_entries);

    /// <summary>A question and its answer.</summary>
    internal struct Entry
    {
        /// <summary>The way out, with the source address.</summary>
        public OutputRoute<IPv4Address> Way;

        /// <summary>The neighbour that the way leads to, once a packet has gone there; may be stale.</summary>
        public NeighbourEntry<IPv4Address>? Neighbour;

        public IPv4Address Destination;
        public IPv4Address Source;
        public NetDevice? Device;
        public uint Mark;
        public uint Generation;
        public byte TypeOfService;
        public bool IsKept;
    }
}
