using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Neighbours;

/// <summary>
/// The neighbour table of one namespace and family: neighbour unreachability detection as net/core/neighbour.c does it,
/// with one difference that cannot be seen from outside: REACHABLE runs out without a timer, at the next look.
/// </summary>
public sealed class NeighbourTable<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    private const int QueueLimit = 101;

    private readonly NetworkNamespace _space;
    private readonly INeighbourProtocol<TAddress> _protocol;
    private readonly Dictionary<NeighbourKey<TAddress>, NeighbourEntry<TAddress>> _entries = [];
    private readonly SortedSet<(string Device, TAddress Address)> _proxies = [];
    private RandomSource? _random;

    internal NeighbourTable(NetworkNamespace space, INeighbourProtocol<TAddress> protocol)
    {
        _space = space;
        _protocol = protocol;
    }

    public int Count => _entries.Count;

    /// <summary>Entries being resolved or probed: they hold the run back from being converged.</summary>
    public int Unresolved { get; private set; }

    /// <summary>The entries by device, then address.</summary>
    public IEnumerable<NeighbourEntry<TAddress>> Entries() =>
        _entries.Values.OrderBy(e => e.Device.Index).ThenBy(e => e.Address);

    /// <summary>The addresses answered for on behalf of others (ip neigh add proxy).</summary>
    public IReadOnlyCollection<(string Device, TAddress Address)> Proxies => _proxies;

    public NeighbourEntry<TAddress>? Find(NetDevice device, TAddress address) =>
        _entries.GetValueOrDefault(new NeighbourKey<TAddress>(device, address));

    public void AddProxy(NetDevice device, TAddress address)
    {
        if (_proxies.Add((device.Name, address)))
        {
            _protocol.ProxyChanged(device, address, added: true);
        }
    }

    public bool RemoveProxy(NetDevice device, TAddress address)
    {
        bool removed = _proxies.Remove((device.Name, address));
        if (removed)
        {
            _protocol.ProxyChanged(device, address, added: false);
        }

        return removed;
    }

    public bool IsProxied(NetDevice device, TAddress address) => _proxies.Count > 0 && _proxies.Contains((device.Name, address));

    /// <summary>Adds or replaces an entry by hand (ip neigh replace).</summary>
    public NeighbourEntry<TAddress> Set(NetDevice device, TAddress address, MacAddress mac, NudState state)
    {
        NeighbourEntry<TAddress> entry = FindOrCreate(device, address);
        bool changes = entry.State != state;
        ChangeMac(entry, mac);
        ChangeState(entry, state);
        if (changes && state is NudState.Delay or NudState.Probe)
        {
            // __neigh_update: the timer of such a state is due at once.
            entry.Probes = 0;
            Arm(entry, Duration.Zero);
        }

        Flush(entry);
        return entry;
    }

    /// <summary>Asks for a neighbour as if a packet waited for it (ip neigh add ... use).</summary>
    public void Use(NetDevice device, TAddress address)
    {
        NeighbourEntry<TAddress> entry = FindOrCreate(device, address);
        if (entry.State is NudState.None or NudState.Failed)
        {
            Resolve(entry);
        }
        else if (entry.EffectiveState == NudState.Stale)
        {
            BeginDelay(entry);
        }
    }

    /// <summary>Removes an entry (ip neigh del); packets that wait in it are dropped.</summary>
    public void Remove(NeighbourEntry<TAddress> entry)
    {
        DropQueue(entry, DropReason.NeighbourFailed);
        ChangeState(entry, NudState.None);
        entry.IsDead = true;
        _entries.Remove(new NeighbourKey<TAddress>(entry.Device, entry.Address));
    }

    /// <summary>The entry to send to, made if there is none.</summary>
    internal NeighbourEntry<TAddress> FindOrCreate(NetDevice device, TAddress address)
    {
        NeighbourKey<TAddress> key = new(device, address);
        if (!_entries.TryGetValue(key, out NeighbourEntry<TAddress>? entry))
        {
            entry = new NeighbourEntry<TAddress>(this, device, address);
            _entries.Add(key, entry);
            if (device.IsNoArp)
            {
                // arp_constructor, ndisc_constructor: nobody is asked.
                ChangeMac(entry, device.Mac);
                ChangeState(entry, NudState.NoArp);
            }
        }

        return entry;
    }

    /// <summary>
    /// Sends an IP packet, whose first 14 bytes are room for the Ethernet header, to a neighbour. Takes ownership. The fast
    /// path is one comparison and two stores.
    /// </summary>
    internal void Output(NeighbourEntry<TAddress> entry, Frame frame)
    {
        if (_space.Node.Shard.NowNanoseconds < entry.UsableUntil)
        {
            Send(entry, frame);
            return;
        }

        OutputSlow(entry, frame);
    }

    /// <summary>Something has proved that the neighbour can be reached (neigh_confirm): an ACK of new data, an echo reply.</summary>
    internal void Confirm(NeighbourEntry<TAddress> entry)
    {
        entry.Confirmed = _space.Node.Now;
        if (entry.State is NudState.Stale or NudState.Delay or NudState.Probe or NudState.Reachable)
        {
            ChangeState(entry, NudState.Reachable);
        }
    }

    /// <summary>
    /// What an ARP or NDP packet says of a neighbour (neigh_update): <paramref name="state"/> is Reachable for an answer to
    /// us, Stale for the rest; without <paramref name="overrideMac"/> a known MAC stays, and with
    /// <paramref name="weakOverride"/> it is doubted then. No MAC means the known one.
    /// </summary>
    internal void Update(
        NeighbourEntry<TAddress> entry, MacAddress? mac, NudState state, bool overrideMac, bool weakOverride = false)
    {
        bool valid = entry.State is not (NudState.None or NudState.Incomplete or NudState.Failed);
        if (entry.State is NudState.Permanent or NudState.NoArp || (mac is null && !valid))
        {
            return;
        }

        MacAddress said = mac ?? entry.Mac;
        if (state == NudState.Reachable)
        {
            entry.Confirmed = _space.Node.Now;
        }

        if (valid && said != entry.Mac && !overrideMac)
        {
            if (!weakOverride || entry.EffectiveState != NudState.Reachable)
            {
                return;
            }

            said = entry.Mac;
            state = NudState.Stale;
        }
        else if (valid && said == entry.Mac && state == NudState.Stale)
        {
            // What proves nothing new changes nothing.
            return;
        }

        ChangeMac(entry, said);
        ChangeState(entry, state);
        Flush(entry);
    }

    /// <summary>A packet from the neighbour asks for us: it exists (neigh_event_ns).</summary>
    internal NeighbourEntry<TAddress> LearnFromRequest(NetDevice device, TAddress address, MacAddress mac)
    {
        NeighbourEntry<TAddress> entry = FindOrCreate(device, address);
        Update(entry, mac, NudState.Stale, overrideMac: true);
        return entry;
    }

    /// <summary>Forgets what a device knew (carrier lost: not the permanent entries; down or gone: all).</summary>
    internal void Flush(NetDevice device, bool keepPermanent)
    {
        foreach (NeighbourEntry<TAddress> entry in Entries().Where(e => ReferenceEquals(e.Device, device)).ToArray())
        {
            if (!keepPermanent || entry.State != NudState.Permanent)
            {
                Remove(entry);
            }
        }
    }

    internal long CountHeldFrames() => _entries.Values.Sum(e => (long)e.QueueLength);

    internal void TimerFired(NeighbourEntry<TAddress> entry)
    {
        NeighbourParameters parameters = _protocol.Parameters(entry.Device);
        switch (entry.State)
        {
            case NudState.Incomplete when entry.Probes < parameters.UnicastSolicit + parameters.MulticastSolicit:
                Probe(entry, unicast: false);
                break;
            case NudState.Delay:
                if (entry.Confirmed + Duration.FromSeconds(parameters.DelayFirstProbeTime) > _space.Node.Now)
                {
                    ChangeState(entry, NudState.Reachable);
                    break;
                }

                ChangeState(entry, NudState.Probe);
                entry.Probes = 0;
                Probe(entry, unicast: true);
                break;
            case NudState.Probe when entry.Probes < parameters.UnicastSolicit:
                Probe(entry, unicast: true);
                break;
            case NudState.Incomplete or NudState.Probe:
                ChangeState(entry, NudState.Failed);
                _protocol.Failed(entry);
                Fail(entry);
                break;
            default:
                break;
        }
    }

    private static void Enqueue(NeighbourEntry<TAddress> entry, Frame frame)
    {
        frame.Next = null;
        if (entry.QueueTail is null)
        {
            entry.QueueHead = frame;
        }
        else
        {
            entry.QueueTail.Next = frame;
        }

        entry.QueueTail = frame;
        entry.QueueLength++;
    }

    private static Frame? Dequeue(NeighbourEntry<TAddress> entry)
    {
        Frame? frame = entry.QueueHead;
        if (frame is null)
        {
            return null;
        }

        entry.QueueHead = frame.Next;
        if (entry.QueueHead is null)
        {
            entry.QueueTail = null;
        }

        frame.Next = null;
        entry.QueueLength--;
        return frame;
    }

    private static bool IsPending(NudState state) => state is NudState.Incomplete;

    private static void Send(NeighbourEntry<TAddress> entry, Frame frame)
    {
        NetDevice device = entry.Device;

        // An IPv6 neighbour may be the gateway of an IPv4 route.
        bool crosses = TAddress.Family == AddressFamily.IPv6 && frame.Bytes[EthernetHeader.Size] >> 4 == 4;
        EthernetHeader.Write(frame.Bytes, entry.Mac, device.Mac, crosses ? EtherType.IPv4 : TAddress.EtherType);
        device.Transmit(frame);
    }

    private void OutputSlow(NeighbourEntry<TAddress> entry, Frame frame)
    {
        switch (entry.State)
        {
            case NudState.Reachable or NudState.Stale:
                // neigh_event_send: first use of a stale entry starts DELAY; packets go out meanwhile.
                BeginDelay(entry);
                Send(entry, frame);
                break;
            case NudState.Delay or NudState.Probe:
                Send(entry, frame);
                break;
            case NudState.Incomplete:
                Queue(entry, frame);
                break;
            case NudState.None or NudState.Failed:
                Queue(entry, frame);
                Resolve(entry);
                break;
            case NudState.NoArp or NudState.Permanent:
            default:
                Send(entry, frame);
                break;
        }
    }

    private void BeginDelay(NeighbourEntry<TAddress> entry)
    {
        ChangeState(entry, NudState.Delay);
        Arm(entry, Duration.FromSeconds(_protocol.Parameters(entry.Device).DelayFirstProbeTime));
    }

    /// <summary>Begins to ask for the MAC; the count stands past the solicitations that a known MAC would get (__neigh_event_send).</summary>
    private void Resolve(NeighbourEntry<TAddress> entry)
    {
        ChangeState(entry, NudState.Incomplete);
        entry.Probes = _protocol.Parameters(entry.Device).UnicastSolicit;
        Probe(entry, unicast: false);
    }

    private void Probe(NeighbourEntry<TAddress> entry, bool unicast)
    {
        entry.Probes++;
        Arm(entry, Duration.FromMilliseconds(Math.Max(10, _protocol.Parameters(entry.Device).RetransmitTime)));
        _protocol.Solicit(entry, unicast);
    }

    private void Queue(NeighbourEntry<TAddress> entry, Frame frame)
    {
        if (frame.Trace is not null)
        {
            frame.Trace.Add(_space, TraceStage.Neighbour, $"waits for {entry.Address} on {entry.Device.Name}", entry.Device);
        }

        if (entry.QueueLength >= QueueLimit)
        {
            // The kernel drops the oldest of the queue (__neigh_event_send).
            _space.Drop(Dequeue(entry)!, DropReason.NeighbourQueueFull);
        }

        Enqueue(entry, frame);
    }

    /// <summary>Sends what waited.</summary>
    private void Flush(NeighbourEntry<TAddress> entry)
    {
        if (entry.State is NudState.None or NudState.Incomplete or NudState.Failed)
        {
            return;
        }

        while (Dequeue(entry) is { } frame)
        {
            Output(entry, frame);
        }
    }

    private void Fail(NeighbourEntry<TAddress> entry)
    {
        while (Dequeue(entry) is { } frame)
        {
            _protocol.Unreachable(frame, entry.Device);
        }
    }

    private void DropQueue(NeighbourEntry<TAddress> entry, DropReason reason)
    {
        while (Dequeue(entry) is { } frame)
        {
            _space.Drop(frame, reason);
        }
    }

    private void ChangeMac(NeighbourEntry<TAddress> entry, MacAddress mac)
    {
        if (entry.Mac == mac && entry.State is not (NudState.None or NudState.Incomplete or NudState.Failed))
        {
            return;
        }

        entry.Mac = mac;
        entry.Updated = _space.Node.Now;
        Span<byte> encoding = stackalloc byte[16];
        entry.Address.Write(encoding);
        _space.Node.Hash.AddBytes(encoding[..(TAddress.Bits / 8)]);
        _space.Node.Hash.AddNumber(mac.Value ^ ((ulong)entry.Device.Index << 48));
    }

    private void ChangeState(NeighbourEntry<TAddress> entry, NudState state)
    {
        SimTime now = _space.Node.Now;
        Unresolved += (IsPending(state) ? 1 : 0) - (IsPending(entry.State) ? 1 : 0);
        if (entry.State != state)
        {
            entry.Updated = now;
            _space.NoteNeighbourChange();
        }

        entry.State = state;
        entry.UsableUntil = long.MinValue;
        _space.Node.Cancel(entry);
        switch (state)
        {
            case NudState.Reachable:
                entry.Confirmed = now;
                entry.UsableUntil = (now + ReachableTime(entry.Device)).Nanoseconds;
                break;
            case NudState.Permanent or NudState.NoArp:
                entry.Confirmed = now;
                entry.UsableUntil = long.MaxValue;
                break;
            case NudState.Delay or NudState.Probe:
                // While its timer asks whether the neighbour is still there, packets go to it as before.
                entry.UsableUntil = long.MaxValue;
                break;
            default:
                break;
        }
    }

    /// <summary>Uniform between one half and three halves of the base (RFC 4861 section 6.3.2; neigh_rand_reach_time).</summary>
    private Duration ReachableTime(NetDevice device)
    {
        long baseTime = Duration.FromMilliseconds(Math.Max(1, _protocol.Parameters(device).BaseReachableTime)).Nanoseconds;
        _random ??= _space.Node.Random($"{_space.Name}/neighbour-{TAddress.Family}");
        return new Duration((baseTime / 2) + _random.NextBelow(baseTime));
    }

    private void Arm(NeighbourEntry<TAddress> entry, Duration delay) =>
        _space.Node.Schedule(entry, _space.Node.Now + delay);
}
