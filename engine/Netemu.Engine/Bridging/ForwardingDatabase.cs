using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Bridging;

/// <summary>
/// Where a bridge has seen addresses (net/bridge/br_fdb.c). Entries age without a timer: one that is too old counts as
/// absent and is removed when it is met.
/// </summary>
public sealed class ForwardingDatabase
{
    private readonly Dictionary<ulong, FdbEntry> _entries = [];
    private readonly Node _node;

    internal ForwardingDatabase(Node node) => _node = node;

    /// <summary>How long an entry lives after the last frame; Linux: 300 s.</summary>
    public Duration AgeingTime { get; set; } = Duration.FromSeconds(300);

    /// <summary>Entries in the order of their addresses, aged ones left out.</summary>
    public IEnumerable<FdbEntry> Entries() => _entries.Values.Where(e => !HasAged(e)).OrderBy(e => e.Mac).ThenBy(e => e.Vlan);

    public FdbEntry? Find(MacAddress mac, int vlan = 0)
    {
        if (!_entries.TryGetValue(KeyOf(mac, vlan), out FdbEntry? entry))
        {
            return null;
        }

        if (!HasAged(entry))
        {
            return entry;
        }

        _entries.Remove(KeyOf(mac, vlan));
        NoteChange(entry, added: false);
        return null;
    }

    /// <summary>The same without removing what is too old.</summary>
    internal FdbEntry? FindFresh(MacAddress mac) =>
        _entries.TryGetValue(KeyOf(mac, 0), out FdbEntry? entry) && !HasAged(entry) ? entry : null;

    /// <summary>Adds a static entry (bridge fdb add ... static); replaces a learned one.</summary>
    public void Add(MacAddress mac, BridgePort port, int vlan = 0)
    {
        FdbEntry entry = new(mac, port, vlan) { IsStatic = true, Updated = _node.Now };
        _entries[KeyOf(mac, vlan)] = entry;
        NoteChange(entry, added: true);
    }

    /// <summary>Adds an entry that ages as a learned one does (bridge fdb add ... dynamic).</summary>
    public void AddDynamic(MacAddress mac, BridgePort port, int vlan = 0)
    {
        FdbEntry entry = new(mac, port, vlan) { Updated = _node.Now };
        _entries[KeyOf(mac, vlan)] = entry;
        NoteChange(entry, added: true);
    }

    /// <summary>Adds an address of our own: frames for it go up (bridge fdb add ... permanent).</summary>
    public void AddPermanent(MacAddress mac, BridgePort port, int vlan = 0)
    {
        FdbEntry entry = new(mac, port, vlan) { IsLocal = true, Updated = _node.Now };
        _entries[KeyOf(mac, vlan)] = entry;
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
        if (!_entries.TryGetValue(KeyOf(mac, 0), out FdbEntry? entry) || entry.IsLocal || entry.IsStatic || !ReferenceEquals(entry.Port, port))
        {
            return false;
        }

        entry.Updated = _node.Now;
        return true;
    }

    /// <summary>A frame with this source came in by this port (br_fdb_update): a new station, or one that has moved.</summary>
    internal void Learn(MacAddress mac, BridgePort port, int vlan = 0)
    {
        if (_entries.TryGetValue(KeyOf(mac, vlan), out FdbEntry? entry))
        {
            if (entry.IsLocal || entry.IsStatic)
            {
                return;
            }

            entry.Updated = _node.Now;
            if (!ReferenceEquals(entry.Port, port))
            {
                entry.Port = port;
                NoteChange(entry, added: true);
            }

            return;
        }

        entry = new FdbEntry(mac, port, vlan) { Updated = _node.Now };
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
            _entries[KeyOf(mac, vlan)] = new FdbEntry(mac, port, vlan) { IsLocal = true };
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

    private bool HasAged(FdbEntry entry) =>
        !entry.IsLocal && !entry.IsStatic && entry.Updated + AgeingTime <= _node.Now;

    private void NoteChange(FdbEntry entry, bool added) =>
        _node.Hash.AddNumber(
            entry.Mac.Value ^ ((ulong)(entry.Port?.Number ?? 0) << 48) ^ ((ulong)entry.Vlan << 36) ^ (added ? 1UL << 63 : 0));
}
