using System;
using System.Collections.Generic;

namespace Netemu.Engine.Bridging;

/// <summary>
/// The VLANs of a bridge port, or of the bridge itself (struct net_bridge_vlan_group): members, those that leave without a
/// tag, and the one that untagged frames belong to.
/// </summary>
public sealed class BridgeVlanSet
{
    public const int First = 1;
    public const int Last = 4094;

    private readonly ulong[] _members = new ulong[64];
    private readonly ulong[] _untagged = new ulong[64];

    /// <summary>Those that are not forwarding; null while there are none.</summary>
    private Dictionary<int, BridgePortState>? _states;

    /// <summary>The VLAN of untagged and priority-tagged frames; 0 for none, and they are dropped.</summary>
    public int Pvid { get; private set; }

    public bool Contains(int vlan) => (_members[vlan >> 6] >> (vlan & 63) & 1) != 0;

    /// <summary>True if the VLAN's frames leave without a tag.</summary>
    public bool IsUntagged(int vlan) => (_untagged[vlan >> 6] >> (vlan & 63) & 1) != 0;

    /// <summary>The state of a member beside its port's (bridge vlan set): forwarding unless it was set otherwise.</summary>
    public BridgePortState StateOf(int vlan) =>
        _states is not null && _states.TryGetValue(vlan, out BridgePortState state) ? state : BridgePortState.Forwarding;

    /// <summary>The members in rising order.</summary>
    public IEnumerable<int> Members()
    {
        for (int vlan = First; vlan <= Last; vlan++)
        {
            if (Contains(vlan))
            {
                yield return vlan;
            }
        }
    }

    /// <summary>bridge vlan set state; false if the VLAN is no member.</summary>
    internal bool SetState(int vlan, BridgePortState state)
    {
        if (!Contains(vlan))
        {
            return false;
        }

        if (state != BridgePortState.Forwarding)
        {
            (_states ??= [])[vlan] = state;
        }
        else if (_states is not null && _states.Remove(vlan) && _states.Count == 0)
        {
            _states = null;
        }

        return true;
    }

    /// <summary>Whether a member's frames come in: they are learned from even where they go no further.</summary>
    internal bool TakesIn(int vlan) => _states is null || StateOf(vlan) is BridgePortState.Forwarding or BridgePortState.Learning;

    /// <summary>Whether a member's frames go on, and out.</summary>
    internal bool Forwards(int vlan) => _states is null || StateOf(vlan) == BridgePortState.Forwarding;

    /// <summary>bridge vlan add: the flags replace those that the VLAN had; a new PVID takes the old one's place.</summary>
    internal void Add(int vlan, bool pvid, bool untagged)
    {
        Set(_members, vlan, true);
        Set(_untagged, vlan, untagged);
        if (pvid)
        {
            Pvid = vlan;
        }
        else if (Pvid == vlan)
        {
            Pvid = 0;
        }
    }

    /// <summary>bridge vlan del; false if the VLAN was no member.</summary>
    internal bool Remove(int vlan)
    {
        if (!Contains(vlan))
        {
            return false;
        }

        Set(_members, vlan, false);
        Set(_untagged, vlan, false);
        Pvid = Pvid == vlan ? 0 : Pvid;
        _states?.Remove(vlan);
        return true;
    }

    internal void Clear()
    {
        Array.Clear(_members);
        Array.Clear(_untagged);
        _states = null;
        Pvid = 0;
    }

    private static void Set(ulong[] bits, int vlan, bool on)
    {
        ulong bit = 1UL << (vlan & 63);
        bits[vlan >> 6] = on ? bits[vlan >> 6] | bit : bits[vlan >> 6] & ~bit;
    }
}
