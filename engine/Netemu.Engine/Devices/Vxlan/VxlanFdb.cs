using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Devices.Vxlan;

/// <summary>
/// The forwarding database of a VXLAN device: which far end an inner address is behind (vxlan_fdb_*). As in a bridge's,
/// entries age without a timer. Changes by hand are judged as the kernel does, with its errors.
/// </summary>
public sealed class VxlanFdb
{
    private readonly Dictionary<ulong, VxlanFdbEntry> _entries = [];
    private readonly Node _node;
    private readonly Duration _ageing;
    private readonly int _maximum;
    private VxlanFdbEntry? _default;

    internal VxlanFdb(Node node, VxlanOptions options)
    {
        _node = node;
        _ageing = options.Ageing;
        _maximum = options.MaximumAddresses;
    }

    /// <summary>Entries by address, aged ones left out.</summary>
    public IEnumerable<VxlanFdbEntry> Entries() => _entries.Values.Where(e => !HasAged(e)).OrderBy(e => e.Mac);

    /// <summary>The entry of an address, or null.</summary>
    public VxlanFdbEntry? Find(MacAddress mac)
    {
        if (!_entries.TryGetValue(mac.Value, out VxlanFdbEntry? entry))
        {
            return null;
        }

        if (!HasAged(entry))
        {
            return entry;
        }

        Delete(entry);
        return null;
    }

    /// <summary>bridge fdb add: EEXIST if the address has an entry.</summary>
    public Errno Add(MacAddress mac, VxlanRemote remote, VxlanFdbState state = VxlanFdbState.Permanent)
    {
        if (Find(mac) is not null)
        {
            return Errno.EEXIST;
        }

        if (_maximum > 0 && _entries.Count >= _maximum)
        {
            return Errno.ENOSPC;
        }

        Create(mac, remote, state);
        return Errno.None;
    }

    /// <summary>
    /// bridge fdb append: one more far end for the default entry or a group; anything else keeps the far end that it has
    /// (vxlan_fdb_update_existing).
    /// </summary>
    public Errno Append(MacAddress mac, VxlanRemote remote, VxlanFdbState state = VxlanFdbState.Permanent)
    {
        if (Find(mac) is not { } entry)
        {
            return Add(mac, remote, state);
        }

        entry.State = state;
        if ((mac.IsZero || mac.IsMulticast) && !entry.Remotes.Any(r => r.IsLike(remote)))
        {
            entry.Append(remote);
            entry.Updated = _node.Now;
            NoteChange(entry, remote, added: true);
        }

        return Errno.None;
    }

    /// <summary>bridge fdb replace: puts another far end in place; EOPNOTSUPP for the default entry and groups.</summary>
    public Errno Replace(MacAddress mac, VxlanRemote remote, VxlanFdbState state = VxlanFdbState.Permanent)
    {
        if (Find(mac) is not { } entry)
        {
            return Add(mac, remote, state);
        }

        if (mac.IsZero || mac.IsMulticast)
        {
            return Errno.EOPNOTSUPP;
        }

        entry.State = state;
        entry.ReplaceFirst(remote);
        entry.Updated = _node.Now;
        NoteChange(entry, remote, added: true);
        return Errno.None;
    }

    /// <summary>
    /// bridge fdb del: one far end, with the last one the entry, or without far end the whole entry. ENOENT if there is none.
    /// </summary>
    public Errno Remove(MacAddress mac, VxlanRemote? remote = null)
    {
        if (Find(mac) is not { } entry)
        {
            return Errno.ENOENT;
        }

        if (remote is not null && !remote.Address.IsUnspecified)
        {
            // A far end that the entry does not have is no error: nothing happens (__vxlan_fdb_delete).
            VxlanRemote? found = entry.Remotes.FirstOrDefault(r => r.IsLike(remote));
            if (found is null)
            {
                return Errno.None;
            }

            if (entry.Remotes.Count > 1)
            {
                entry.Remove(found);
                NoteChange(entry, found, added: false);
                return Errno.None;
            }
        }

        Delete(entry);
        return Errno.None;
    }

    /// <summary>Forgets what was learned; with <paramref name="all"/> everything but the default entry (vxlan_flush).</summary>
    public void Flush(bool all)
    {
        foreach (VxlanFdbEntry entry in _entries.Values.Where(e => !e.Mac.IsZero && (all || !e.IsStatic)).OrderBy(e => e.Mac).ToArray())
        {
            Delete(entry);
        }
    }

    /// <summary>The entry for a frame to send, the default one if the address has none, or null.</summary>
    internal VxlanFdbEntry? FindToSend(MacAddress mac)
    {
        if (_entries.TryGetValue(mac.Value, out VxlanFdbEntry? entry) && !HasAged(entry))
        {
            entry.Used = _node.Now;
            return entry;
        }

        if (_default is not null)
        {
            _default.Used = _node.Now;
        }

        return _default;
    }

    /// <summary>
    /// A frame with this inner source came from that far end (vxlan_snoop); false if it contradicts a static entry and must
    /// be dropped.
    /// </summary>
    internal bool Learn(MacAddress mac, InternetAddress from)
    {
        if (Find(mac) is { } entry)
        {
            entry.Updated = _node.Now;
            if (entry.First.Address == from)
            {
                return true;
            }

            if (entry.IsStatic)
            {
                return false;
            }

            entry.ReplaceFirst(entry.First with { Address = from });
            NoteChange(entry, entry.First, added: true);
            return true;
        }

        if (_maximum == 0 || _entries.Count < _maximum)
        {
            Create(mac, new VxlanRemote(from), VxlanFdbState.Reachable);
        }

        return true;
    }

    private bool HasAged(VxlanFdbEntry entry) =>
        entry.State == VxlanFdbState.Reachable && _ageing > Duration.Zero && entry.Updated + _ageing <= _node.Now;

    private void Create(MacAddress mac, VxlanRemote remote, VxlanFdbState state)
    {
        VxlanFdbEntry entry = new(mac, remote, state) { Updated = _node.Now, Used = _node.Now };
        _entries.Add(mac.Value, entry);
        if (mac.IsZero)
        {
            _default = entry;
        }

        NoteChange(entry, remote, added: true);
    }

    private void Delete(VxlanFdbEntry entry)
    {
        _entries.Remove(entry.Mac.Value);
        if (ReferenceEquals(_default, entry))
        {
            _default = null;
        }

        NoteChange(entry, entry.First, added: false);
    }

    private void NoteChange(VxlanFdbEntry entry, VxlanRemote remote, bool added)
    {
        Span<byte> encoding = stackalloc byte[16];
        _node.Hash.AddNumber(entry.Mac.Value | (added ? 1UL << 63 : 0));
        _node.Hash.AddBytes(encoding[..remote.Address.Write(encoding)]);
    }
}
