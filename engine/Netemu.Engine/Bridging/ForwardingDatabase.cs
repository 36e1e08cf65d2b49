using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Bridging;

/// <summary>
/// Where a bridge has seen addresses (net/bridge/br_fdb.c). Old entries are collected at the instants at which the kernel's
/// garbage collection runs (br_fdb_cleanup); there is no timer for it: whoever looks catches up first.
/// </summary>
public sealed class ForwardingDatabase
{
    /// <summary>Collections are 10 ms apart at least, and the first one comes 100 ms after the bridge is up.</summary>
    private static readonly Duration LeastPause = Duration.FromMilliseconds(10);
    private static readonly Duration FirstCollection = Duration.FromMilliseconds(100);

    private readonly Dictionary<ulong, FdbEntry> _entries = [];
    private readonly Node _node;
    private SimTime _nextCollection = SimTime.Never;
    private long _sequence;
    private Duration _ageingTime = Duration.FromSeconds(300);
    private Duration? _changeTime;

    internal ForwardingDatabase(Node node) => _node = node;

    /// <summary>What is shown of it: how long an entry lives after the last frame; Linux: 300 s, two forward delays in a topology change.</summary>
    public Duration AgeingTime => _ageingTime;

    /// <summary>When old entries are next collected (gc_timer); zero while the bridge is down.</summary>
    public Duration CollectionTimer
    {
        get
        {
            CatchUp();
            return _nextCollection == SimTime.Never ? Duration.Zero : _nextCollection - _node.Now;
        }
    }

    /// <summary>hold_time: in a topology change entries count as stale after one forward delay.</summary>
    private Duration HoldTime => _changeTime ?? _ageingTime;

    /// <summary>Entries in the order of their addresses, collected ones left out.</summary>
    public IEnumerable<FdbEntry> Entries()
    {
        CatchUp();
        return _entries.Values.OrderBy(e => e.Mac).ThenBy(e => e.Vlan);
    }

    /// <summary>
    /// True for what has not been heard of for too long and awaits its collection (NUD_STALE): frames still go there.
    /// </summary>
    public bool IsStale(FdbEntry entry) => entry.Ages && entry.Updated + HoldTime <= _node.Now;

    /// <summary>br_set_ageing_time: what is too old by it goes at once.</summary>
    public void SetAgeingTime(Duration time)
    {
        CatchUp();
        _ageingTime = time;
        _nextCollection = _nextCollection < _node.Now ? _nextCollection : _node.Now;
    }

    /// <summary>
    /// __br_set_topology_change: shows another ageing time, and counts with <paramref name="hold"/> while that is given. The next
    /// collection comes when it would have come: nothing is forgotten for the change's sake.
    /// </summary>
    internal void SetTopologyChange(Duration ageing, Duration? hold)
    {
        CatchUp();
        _ageingTime = ageing;
        _changeTime = hold;
    }

    /// <summary>br_stp_enable_bridge: collections begin 100 ms after the bridge comes up, and end with br_stp_disable_bridge.</summary>
    internal void SetCollecting(bool collects)
    {
        CatchUp();
        _nextCollection = collects ? _node.Now + FirstCollection : SimTime.Never;
    }

    public FdbEntry? Find(MacAddress mac, int vlan = 0)
    {
        CatchUp();
        return _entries.GetValueOrDefault(KeyOf(mac, vlan));
    }

    /// <summary>Adds a static entry (bridge fdb add ... static); replaces a learned one.</summary>
    public void Add(MacAddress mac, BridgePort port, int vlan = 0, bool sticky = false, bool external = false) =>
        Put(new FdbEntry(mac, port, vlan) { IsStatic = true, IsSticky = sticky, IsExternallyLearned = external, Sequence = ++_sequence });

    /// <summary>Adds an entry that ages as a learned one does (bridge fdb add ... dynamic).</summary>
    public void AddDynamic(MacAddress mac, BridgePort port, int vlan = 0, bool sticky = false, bool external = false) =>
        Put(new FdbEntry(mac, port, vlan) { IsSticky = sticky, IsExternallyLearned = external, Sequence = ++_sequence });

    /// <summary>Adds an address of our own, of a port or of the bridge itself: frames for it go up (bridge fdb add ... permanent).</summary>
    public void AddPermanent(MacAddress mac, BridgePort? port, int vlan = 0) =>
        Put(new FdbEntry(mac, port, vlan) { IsLocal = true, Sequence = ++_sequence });

    private void Put(FdbEntry entry)
    {
        entry.IsByHand = true;
        entry.Updated = _node.Now;
        _entries[KeyOf(entry.Mac, entry.Vlan)] = entry;
        NoteChange(entry, added: true);
    }

    public bool Remove(MacAddress mac, int vlan = 0)
    {
        if (!_entries.Remove(KeyOf(mac, vlan), out FdbEntry? entry))
        {
            return false;
        }

        NoteChange(entry, added: false);
        return true;
    }

    /// <summary>
    /// <see cref="Learn"/> where it teaches nothing: true if the station is known to be behind the port, and has been seen again.
    /// </summary>
    internal bool Refresh(MacAddress mac, BridgePort port)
    {
        CatchUp();
        if (HoldTime == Duration.Zero || !_entries.TryGetValue(KeyOf(mac, 0), out FdbEntry? entry) || entry.IsLocal || entry.IsStatic || !ReferenceEquals(entry.Port, port))
        {
            return false;
        }

        entry.Updated = _node.Now;
        return true;
    }

    /// <summary>A frame with this source came in by this port (br_fdb_update): a new station, or one that has moved.</summary>
    internal void Learn(MacAddress mac, BridgePort port, int vlan = 0)
    {
        CatchUp();
        if (HoldTime == Duration.Zero)
        {
            // "some users want to always flood" (br_fdb_update).
            return;
        }

        if (_entries.TryGetValue(KeyOf(mac, vlan), out FdbEntry? entry))
        {
            if (entry.IsLocal)
            {
                return;
            }

            entry.Updated = _node.Now;
            if (!ReferenceEquals(entry.Port, port) && !entry.IsSticky)
            {
                entry.Port = port;
                entry.IsExternallyLearned = false;
                NoteChange(entry, added: true);
            }

            return;
        }

        entry = new FdbEntry(mac, port, vlan) { Updated = _node.Now, Sequence = ++_sequence };
        _entries.Add(KeyOf(mac, vlan), entry);
        NoteChange(entry, added: true);
    }

    /// <summary>A port's own address is another one now.</summary>
    internal void MovePort(BridgePort port, MacAddress mac)
    {
        foreach (FdbEntry entry in _entries.Values.Where(e => e.IsLocal && ReferenceEquals(e.Port, port)).ToArray())
        {
            _entries.Remove(KeyOf(entry.Mac, entry.Vlan));
            if (entry.Vlan != 0)
            {
                AddLocal(mac, port, entry.Vlan);
            }
        }

        AddLocal(mac, port);
    }

    internal void AddLocal(MacAddress mac, BridgePort? port, int vlan = 0)
    {
        if (!_entries.TryGetValue(KeyOf(mac, vlan), out FdbEntry? existing) || !existing.IsLocal)
        {
            _entries[KeyOf(mac, vlan)] = new FdbEntry(mac, port, vlan) { IsLocal = true, Sequence = ++_sequence };
        }
    }

    /// <summary>Forgets what was learned by a port, and with <paramref name="all"/> its static and local entries too.</summary>
    internal void RemovePort(BridgePort port, bool all)
    {
        foreach (FdbEntry entry in _entries.Values.Where(e => ReferenceEquals(e.Port, port) && (all || (!e.IsLocal && !e.IsStatic))).ToArray())
        {
            _entries.Remove(KeyOf(entry.Mac, entry.Vlan));
            NoteChange(entry, added: false);
        }
    }

    /// <summary>Forgets everything of a port (or of the bridge itself) in one VLAN.</summary>
    internal void RemoveVlan(BridgePort? port, int vlan)
    {
        foreach (FdbEntry entry in _entries.Values.Where(e => ReferenceEquals(e.Port, port) && e.Vlan == vlan).ToArray())
        {
            _entries.Remove(KeyOf(entry.Mac, vlan));
            NoteChange(entry, added: false);
        }
    }

    private static ulong KeyOf(MacAddress mac, int vlan) => mac.Value | ((ulong)vlan << 48);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CatchUp()
    {
        if (_node.Now >= _nextCollection)
        {
            CollectDue();
        }
    }

    /// <summary>
    /// br_fdb_cleanup, as often as it was due since anybody last looked: takes what is too old, and comes again when the next
    /// entry will be, at the latest after the hold time of now.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CollectDue()
    {
        while (_nextCollection <= _node.Now)
        {
            Duration next = HoldTime;
            foreach (FdbEntry entry in _entries.Values)
            {
                if (!entry.Ages)
                {
                    continue;
                }

                Duration left = entry.Updated + HoldTime - _nextCollection;
                if (left <= Duration.Zero)
                {
                    // Removal does not disturb an enumeration of the dictionary.
                    _entries.Remove(KeyOf(entry.Mac, entry.Vlan));
                    NoteChange(entry, added: false);
                }
                else if (left < next)
                {
                    next = left;
                }
            }

            _nextCollection += next > LeastPause ? next : LeastPause;
        }
    }

    private void NoteChange(FdbEntry entry, bool added) =>
        _node.Hash.AddNumber(
            entry.Mac.Value ^ ((ulong)(entry.Port?.Number ?? 0) << 48) ^ ((ulong)entry.Vlan << 36) ^ (added ? 1UL << 63 : 0));
}
