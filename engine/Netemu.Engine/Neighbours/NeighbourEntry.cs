using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Routing;

namespace Netemu.Engine.Neighbours;

/// <summary>
/// What is known of one neighbour on one device. It is its own timer. While it is unresolved, packets wait in it.
/// </summary>
public sealed class NeighbourEntry<TAddress> : TimerEntry
    where TAddress : struct, IIPAddress<TAddress>
{
    private readonly NeighbourTable<TAddress> _table;

    internal NeighbourEntry(NeighbourTable<TAddress> table, NetDevice device, TAddress address)
    {
        _table = table;
        Device = device;
        Address = address;
    }

    public NetDevice Device { get; }

    public TAddress Address { get; }

    public MacAddress Mac { get; internal set; }

    /// <summary>The state as stored; a reachable entry whose time has run out shows as stale (<see cref="EffectiveState"/>).</summary>
    public NudState State { get; internal set; }

    /// <summary>The state as `ip neigh` shows it at this instant.</summary>
    public NudState EffectiveState =>
        State == NudState.Reachable && Device.Node.Now.Nanoseconds >= UsableUntil ? NudState.Stale : State;

    /// <summary>Address, state and MAC in the words of <c>ip neigh</c>, for a trace.</summary>
    internal string Describe() =>
        Mac.IsZero ? $"{Address} is {EffectiveState.ToString().ToUpperInvariant()}" : $"{Address} is {EffectiveState.ToString().ToUpperInvariant()}, {Mac}";

    /// <summary>True once it has been learned that the neighbour is a router (IPv6).</summary>
    public bool IsRouter { get; set; }

    /// <summary>Written by a control plane (NTF_EXT_LEARNED).</summary>
    public bool IsExternallyLearned { get; set; }

    /// <summary>Who wrote it by hand (NDA_PROTOCOL).</summary>
    public RouteProtocol Protocol { get; set; }

    /// <summary>When the MAC or state last changed.</summary>
    public SimTime Updated { get; internal set; }

    /// <summary>When reachability was last confirmed.</summary>
    public SimTime Confirmed { get; internal set; }

    /// <summary>True once the entry has left the table; who has cached it must look again.</summary>
    public bool IsDead { get; internal set; }

    /// <summary>Until this instant the MAC may be used without a thought: the end of REACHABLE, or never.</summary>
    internal long UsableUntil = long.MinValue;

    internal int Probes;

    /// <summary>The solicitations since the entry was last confirmed (NDA_PROBES).</summary>
    public int ProbeCount => Probes;
    internal Frame? QueueHead;
    internal Frame? QueueTail;
    internal int QueueLength;

    public override void Expire() => _table.TimerFired(this);
}
