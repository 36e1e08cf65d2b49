using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Netfilter.Connections;

/// <summary>
/// The confirmed connections of one namespace: both tuples of each in one open-addressed table with linear probing, and a
/// list in the order of confirmation. Time-outs are lazy: a lookup ignores what has expired, and a timer that is armed for
/// the earliest end collects the rest.
/// </summary>
public sealed class ConnectionTable
{
    private const int SmallestTable = 64;

    /// <summary>How many connections an early drop looks at (NF_CT_EVICTION_RANGE).</summary>
    private const int EvictionRange = 8;

    private readonly NetworkNamespace _space;
    private readonly Node _node;
    private readonly Sweep _sweep;
    private Slot[] _slots = [];
    private int _mask = -1;
    private Connection? _first;
    private Connection? _last;

    internal ConnectionTable(NetworkNamespace space)
    {
        _space = space;
        _node = space.Node;
        _sweep = new Sweep(this);
    }

    /// <summary>The connections in the table, those that have expired but were not yet collected among them.</summary>
    public int Count { get; private set; }

    /// <summary>net.netfilter.nf_conntrack_max.</summary>
    public int Maximum
    {
        get => _space.Settings.Conntrack.Maximum;
        set => _space.WritableSettings.Conntrack.Maximum = value;
    }

    /// <summary>Packets that found a connection, as `conntrack -S` counts.</summary>
    public long Found { get; internal set; }

    /// <summary>New connections refused because the table was full.</summary>
    public long Refused { get; private set; }

    /// <summary>Packets whose connection clashed with one that was confirmed first (insert_failed).</summary>
    public long InsertFailed { get; internal set; }

    /// <summary>Packets that joined the connection which their flow had got meanwhile (clash_resolve).</summary>
    public long ClashesResolved { get; internal set; }

    /// <summary>Connections thrown out to make room.</summary>
    public long EarlyDropped { get; private set; }

    /// <summary>The live connections in the order of their confirmation.</summary>
    public IEnumerable<Connection> All()
    {
        long now = _node.Now.Nanoseconds;
        for (Connection? connection = _first; connection is not null; connection = connection.Next)
        {
            if (connection.ExpiresAt > now)
            {
                yield return connection;
            }
        }
    }

    /// <summary>The connection that a packet with that tuple belongs to, and whether it goes against the first; or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Connection? Find(in ConnectionTuple tuple, out bool reply)
    {
        int place = PlaceOf(tuple);
        if (place < 0)
        {
            reply = false;
            return null;
        }

        Connection connection = At(place, out reply);
        return connection.ExpiresAt > _node.Now.Nanoseconds ? connection : Expired(connection);
    }

    /// <summary>
    /// Where the connections of packets stand, among them those that have expired; -1 for what is not there. Side by side, so
    /// that the misses overlap. The places hold until something enters the table or leaves it.
    /// </summary>
    internal void Find(ReadOnlySpan<FlowPacket> packets, Span<int> places)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            places[i] = PlaceOf(packets[i].Tuple);
        }
    }

    /// <summary>The connection at a place that was found, and whether the tuple there is that of its answers.</summary>
    internal Connection At(int place, out bool reply)
    {
        ref Slot slot = ref _slots[place];
        reply = slot.Reply;
        return slot.Connection!;
    }

    /// <summary>Forgets a connection (conntrack -D).</summary>
    public void Remove(Connection connection)
    {
        if ((connection.Status & (ConnectionStatus.Dying | ConnectionStatus.Confirmed)) != ConnectionStatus.Confirmed)
        {
            connection.Status |= ConnectionStatus.Dying;
            return;
        }

        connection.Status |= ConnectionStatus.Dying;
        Erase(connection.Original, connection);
        Erase(connection.Reply, connection);
        Unlink(connection);
        Count--;
        if (Count == 0)
        {
            _node.Cancel(_sweep);
        }
    }

    /// <summary>
    /// Forgets every connection that has <paramref name="address"/> as an original or reply source or destination, as is
    /// done for a workload that is gone; says how many.
    /// </summary>
    public int RemoveByAddress(InternetAddress address) => RemoveWhere(connection =>
        connection.Original.Source == address || connection.Original.Destination == address
        || connection.Reply.Source == address || connection.Reply.Destination == address);

    /// <summary>Forgets all that <paramref name="condition"/> holds for; says how many.</summary>
    public int RemoveWhere(Func<Connection, bool> condition)
    {
        int removed = 0;
        Connection? next;
        for (Connection? connection = _first; connection is not null; connection = next)
        {
            next = connection.Next;
            if (condition(connection))
            {
                Remove(connection);
                removed++;
            }
        }

        return removed;
    }

    /// <summary>Forgets everything (conntrack -F).</summary>
    public void Clear()
    {
        RemoveWhere(_ => true);
        _node.Cancel(_sweep);
    }

    /// <summary>True if there is room for one more, after throwing out what is not assured (early_drop).</summary>
    internal bool MakeRoom()
    {
        if (Maximum == 0 || Count < Maximum)
        {
            return true;
        }

        long now = _node.Now.Nanoseconds;
        int looked = 0;
        Connection? next;
        for (Connection? connection = _first; connection is not null && looked < EvictionRange; connection = next)
        {
            next = connection.Next;
            if (connection.ExpiresAt <= now)
            {
                Remove(connection);
                return true;
            }

            if ((connection.Status & ConnectionStatus.Assured) == 0)
            {
                EarlyDropped++;
                Remove(connection);
                return true;
            }

            looked++;
        }

        if (Collect(now) > 0)
        {
            return true;
        }

        Refused++;
        return false;
    }

    /// <summary>True if packets with that tuple belong to a connection other than <paramref name="except"/>.</summary>
    internal bool IsTaken(in ConnectionTuple tuple, Connection? except)
    {
        Connection? found = Find(tuple, out _);
        return found is not null && !ReferenceEquals(found, except);
    }

    /// <summary>Puts a connection into the table; false if another has one of its tuples.</summary>
    internal bool Confirm(Connection connection)
    {
        if (Find(connection.Original, out _) is not null || Find(connection.Reply, out _) is not null)
        {
            return false;
        }

        if ((Count + 1) * 4 > _slots.Length)
        {
            Grow();
        }

        connection.Status |= ConnectionStatus.Confirmed;
        connection.ConfirmedAt = _node.Now.Nanoseconds;
        Insert(connection, reply: false);
        Insert(connection, reply: true);
        connection.Previous = _last;
        if (_last is null)
        {
            _first = connection;
        }
        else
        {
            _last.Next = connection;
        }

        _last = connection;
        Count++;
        if (!_sweep.IsArmed || _sweep.Due > connection.Expires)
        {
            Arm(connection.ExpiresAt);
        }

        return true;
    }

    internal long Now => _node.Now.Nanoseconds;

    internal ConntrackSettings Settings => _space.Settings.Conntrack;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int PlaceOf(in ConnectionTuple tuple)
    {
        uint hash = (uint)tuple.GetHashCode();
        Slot[] slots = _slots;
        for (uint i = hash & (uint)_mask; i < (uint)slots.Length; i = (i + 1) & (uint)_mask)
        {
            ref Slot slot = ref slots[i];
            Connection? connection = slot.Connection;
            if (connection is null)
            {
                break;
            }

            if (slot.Hash == hash && connection.Tuple(slot.Reply).Equals(tuple))
            {
                return (int)i;
            }
        }

        return -1;
    }

    private Connection? Expired(Connection connection)
    {
        Remove(connection);
        return null;
    }

    /// <summary>Removes what has expired, and arms the timer for the next end.</summary>
    private int Collect(long now)
    {
        int removed = 0;
        long earliest = long.MaxValue;
        Connection? next;
        for (Connection? connection = _first; connection is not null; connection = next)
        {
            next = connection.Next;
            if (connection.ExpiresAt <= now)
            {
                Remove(connection);
                removed++;
            }
            else
            {
                earliest = Math.Min(earliest, connection.ExpiresAt);
            }
        }

        if (earliest < long.MaxValue)
        {
            Arm(earliest);
        }

        return removed;
    }

    /// <summary>Never sooner than a second from now: a sweep looks at every connection.</summary>
    private void Arm(long due) =>
        _node.Schedule(_sweep, new SimTime(Math.Max(due, _node.Now.Nanoseconds + 1_000_000_000)));

    private void Insert(Connection connection, bool reply)
    {
        uint hash = (uint)connection.Tuple(reply).GetHashCode();
        uint i = hash & (uint)_mask;
        while (_slots[i].Connection is not null)
        {
            i = (i + 1) & (uint)_mask;
        }

        _slots[i] = new Slot { Connection = connection, Hash = hash, Reply = reply };
    }

    private void Erase(in ConnectionTuple tuple, Connection connection)
    {
        uint mask = (uint)_mask;
        uint hole = (uint)tuple.GetHashCode() & mask;
        while (!ReferenceEquals(_slots[hole].Connection, connection) || !connection.Tuple(_slots[hole].Reply).Equals(tuple))
        {
            hole = (hole + 1) & mask;
        }

        // Close the gap: what has probed past it moves back, so that no search ends too early.
        for (uint i = (hole + 1) & mask; _slots[i].Connection is not null; i = (i + 1) & mask)
        {
            uint home = _slots[i].Hash & mask;
            if (((i - home) & mask) >= ((i - hole) & mask))
            {
                _slots[hole] = _slots[i];
                hole = i;
            }
        }

        _slots[hole] = default;
    }

    private void Unlink(Connection connection)
    {
        if (connection.Previous is null)
        {
            _first = connection.Next;
        }
        else
        {
            connection.Previous.Next = connection.Next;
        }

        if (connection.Next is null)
        {
            _last = connection.Previous;
        }
        else
        {
            connection.Next.Previous = connection.Previous;
        }

        // A frame may still hold the connection: the links end here, so that it keeps no others alive.
        connection.Previous = null;
        connection.Next = null;
    }

    private void Grow()
    {
        Slot[] old = _slots;
        _slots = new Slot[Math.Max(SmallestTable, old.Length * 2)];
        _mask = _slots.Length - 1;
        foreach (Slot slot in old)
        {
            if (slot.Connection is not null)
            {
                Insert(slot.Connection, slot.Reply);
            }
        }
    }

    private struct Slot
    {
        public Connection? Connection;
        public uint Hash;
        public bool Reply;
    }

    private sealed class Sweep(ConnectionTable table) : TimerEntry
    {
        public override void Expire() => table.Collect(table.Now);
    }
}
