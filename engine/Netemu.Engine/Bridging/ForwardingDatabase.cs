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
    public IEnumerable<FdbEntry> Entries() => _entries.Values.Where(e => !HasAged(e)).OrderBy(e => e.Mac);

    public FdbEntry? Find(MacAddress mac)
    {
        if (!_entries.TryGetValue(mac.Value, out FdbEntry? entry))
        {
            return null;
        }

        if (!HasAged(entry))
        {
            return entry;
        }

        _entries.Remove(mac.Value);
        NoteChange(entry, added: false);
        return null;
    }

    /// <summary>Adds a static entry (bridge fdb add ... static); replaces a learned one.</summary>
    public void Add(MacAddress mac, BridgePort port)
    {
        FdbEntry entry = new(mac, port) { IsStatic = true, Updated = _node.Now };
        _entries[mac.Value] = entry;
        NoteChange(entry, added: true);
    }

    /// <summary>Adds an entry that ages as a learned one does (bridge fdb add ... dynamic).</summary>
    public void AddDynamic(MacAddress mac, BridgePort port)
    {
        FdbEntry entry = new(mac, port) { Updated = _node.Now };
        _entries[mac.Value] = entry;
        NoteChange(entry, added: true);
    }

    /// <summary>Adds an address of our own: frames for it go up (bridge fdb add ... permanent).</summary>
    public void AddPermanent(MacAddress mac, BridgePort port)
    {
        FdbEntry entry = new(mac, port) { IsLocal = true, Updated = _node.Now };
        _entries[mac.Value] = entry;
        NoteChange(entry, added: true);
    }

    public bool Remove(MacAddress mac)
    {
        if (!_entries.Remove(mac.Value, out FdbEntry? entry))
        {
            return false;
        }

        NoteChange(entry, added: false);
        return true;
    }

    /// <summary>A frame with this source came in by this port (br_fdb_update): a new station, or one that has moved.</summary>
    internal void Learn(MacAddress mac, BridgePort port)
    {
        if (_entries.TryGetValue(mac.Value, out FdbEntry? entry))
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

        entry = new FdbEntry(mac, port) { Updated = _node.Now };
        _entries.Add(mac.Value, entry);
        NoteChange(entry, added: true);
    }

    /// <summary>A port's own address is another one now.</summary>
    internal void MovePort(BridgePort port, MacAddress mac)
    {
        foreach (FdbEntry entry in _entries.Values.Where(e => e.IsLocal && ReferenceEquals(e.Port, port)).ToArray())
        {
            _entries.Remove(entry.Mac.Value);
        }

        AddLocal(mac, port);
    }

    internal void AddLocal(MacAddress mac, BridgePort? port)
    {
        if (!_entries.TryGetValue(mac.Value, out FdbEntry? existing) || !existing.IsLocal)
        {
            _entries[mac.Value] = new FdbEntry(mac, port) { IsLocal = true };
        }
    }

    /// <summary>Forgets what was learned by a port, and with <paramref name="all"/> its static and local entries too.</summary>
    internal void RemovePort(BridgePort port, bool all)
    {
        foreach (FdbEntry entry in _entries.Values.Where(e => ReferenceEquals(e.Port, port) && (all || (!e.IsLocal && !e.IsStatic))).ToArray())
        {
            _entries.Remove(entry.Mac.Value);
            NoteChange(entry, added: false);
        }
    }

    private bool HasAged(FdbEntry entry) =>
        !entry.IsLocal && !entry.IsStatic && entry.Updated + AgeingTime <= _node.Now;

    private void NoteChange(FdbEntry entry, bool added) =>
        _node.Hash.AddNumber(entry.Mac.Value ^ ((ulong)(entry.Port?.Number ?? 0) << 48) ^ (added ? 1UL << 63 : 0));
}
