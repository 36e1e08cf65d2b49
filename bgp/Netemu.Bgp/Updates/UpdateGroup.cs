using System;
using System.Collections.Generic;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Updates;

/// <summary>
/// Established neighbours that are told the same: one Adj-RIB-Out, one encoding, one advertisement interval. Between two
/// flushes only the prefixes that changed are kept; what is sent is what the Loc-RIB says at the flush.
/// </summary>
/// <remarks>
/// The interval (RFC 4271 section 9.2.1.1) runs per group rather than per peer: its members are told at the same times.
/// </remarks>
internal sealed class UpdateGroup : TimerEntry
{
    /// <summary>
    /// Encoded bytes after which members are served, so that a full table needs no buffer of its size.
    /// </summary>
    private const int ServeThreshold = 1 << 18;

    /// <summary>Members from which on they share the encoded bytes instead of taking a copy each.</summary>
    private const int ShareThreshold = 4;

    private readonly BgpSpeaker _speaker;
    private readonly RouteTable _routes;
    private readonly AdjRibOut _out;
    private ExportProcess _export;

    private readonly MemberSet _members = new();
    private PrefixRuns _dirty = new();
    private PrefixRuns _flushing = new();

    /// <summary>The encoded Adj-RIB-Out, while nothing in it changes and nobody is the source of any of it.</summary>
    private byte[]? _greeting;
    private int _greetingMessages;
    private int _touched;

    /// <param name="speaker">Whose neighbours these are.</param>
    /// <param name="key">What they have in common.</param>
    /// <param name="number">The how many-th group of the speaker it is.</param>
    public UpdateGroup(BgpSpeaker speaker, UpdateGroupKey key, int number)
    {
        _speaker = speaker;
        Key = key;
        Number = number;
        Created = speaker.Scheduler.Now;
        _routes = speaker.RoutesOf(key.Family);
        if (key.AddPath)
        {
            _routes.TrackEveryPath();
        }

        _out = new AdjRibOut(speaker.Tables.Attributes, speaker.Tables.Pages);
        _export = new ExportProcess(key, speaker.ExportConfiguration, speaker.Tables, _routes, speaker);
    }

    public UpdateGroupKey Key { get; }

    public int Number { get; }

    public SimTime Created { get; }

    /// <summary>How many neighbours have joined since it was made.</summary>
    public int Joins { get; private set; }

    /// <summary>How many UPDATEs have been made for all members; what one is told when it joins is not among them.</summary>
    public int Messages { get; private set; }

    /// <summary>A neighbour that was found to belong here; who looks the same belongs here too.</summary>
    public UpdateGroupMember Representative { get; set; }

    /// <summary>What the members have been told.</summary>
    public AdjRibOut AdjRibOut => _out;

    /// <summary>True while changes wait for the advertisement interval.</summary>
    public bool HasContentWaiting => _dirty.Count > 0;

    /// <summary>True if a member has been told the route of a row of the Adj-RIB-Out.</summary>
    public bool Holds(BgpSession member, int row) =>
        _out[row].Prefix >= 0 && (_out[row].Source != member.Index || Key.SendBackToSender);

    /// <summary>The speaker's own configuration has changed: every route is exported anew.</summary>
    public void ExportAgain()
    {
        _export = new ExportProcess(Key, _speaker.ExportConfiguration, _speaker.Tables, _routes, _speaker);
        foreach ((int prefix, int row) in _routes.Paths)
        {
            if (_routes.FirstRow(prefix) == row)
            {
                MarkDirty(prefix);
            }
        }

        if (Key.DefaultOriginate)
        {
            MarkDirty(DefaultPrefix);
        }
    }

    /// <summary>
    /// A member that came from another group: what it held there and does not hold here is withdrawn.
    /// </summary>
    public void WithdrawOthers(BgpSession member, List<(int Prefix, uint PathId)> held)
    {
        UpdateBatch batch = _speaker.Tables.Batch;
        batch.Clear();
        foreach ((int prefix, uint pathId) in held)
        {
            int row = _out.Find(prefix, pathId);
            if (row < 0 || !Holds(member, row))
            {
                batch.Add(0, member.Index, UpdateBatch.Nobody, prefix, pathId);
            }
        }

        Serve(batch);
    }

    /// <summary>Prefixes with consecutive ids have changed.</summary>
    public void MarkDirty(int first, int count)
    {
        if (_members.Count == 0)
        {
            return;
        }

        while (count > 0)
        {
            // A mesh learns thousands of routes that it may not pass on: nothing is noted for those.
            int alike = Math.Min(count, _routes.CountAlike(first));
            bool mayAnnounce = _export.MayAnnounce(_routes.BestRow(first));
            if (mayAnnounce || Key.DefaultOriginate || _out.HasAny(first, alike))
            {
                for (int prefix = first; prefix < first + alike; prefix++)
                {
                    bool concerns = mayAnnounce || _out.FirstRow(prefix) >= 0 || IsOriginatedDefault(prefix);
                    if (concerns && _out.TryMarkDirty(prefix))
                    {
                        _dirty.Add(prefix);
                    }
                }
            }

            first += alike;
            count -= alike;
        }
    }

    private void MarkDirty(int prefix) => MarkDirty(prefix, 1);

    /// <summary>Every prefix may have to be told differently: the export policy has changed.</summary>
    public void MarkAllDirty()
    {
        foreach ((int prefix, int row) in _routes.Paths)
        {
            if (_routes.BestRow(prefix) == row)
            {
                MarkDirty(prefix);
            }
        }
    }

    /// <summary>Sends what has changed, or as much of it as the advertisement interval lets through.</summary>
    public void Flush()
    {
        if (_dirty.Count == 0)
        {
            return;
        }

        if (!IsArmed)
        {
            Send(withdrawalsOnly: false);
        }
        else if (!Key.Timers.RateLimitWithdrawals)
        {
            Send(withdrawalsOnly: true);
        }
    }

    /// <summary>The advertisement interval is over.</summary>
    public override void Expire()
    {
        if (_dirty.Count > 0)
        {
            Send(withdrawalsOnly: false);
        }
    }

    /// <summary>Takes a neighbour in and tells it all that the others know.</summary>
    public void Join(BgpSession session)
    {
        _members.Add(session.Index);
        Joins++;
        if (_members.Count > 1)
        {
            Greet(session);
            return;
        }

        MarkAllDirty();
        if (Key.DefaultOriginate)
        {
            MarkDirty(DefaultPrefix);
        }

        Send(withdrawalsOnly: false);
        session.SendEndOfRib(Key.Family);
    }

    public void Leave(BgpSession session)
    {
        _members.Remove(session.Index);
        if (_members.Count == 0)
        {
            Destroy();
            _speaker.Remove(this);
        }
    }

    /// <summary>Forgets everything that was announced, and says nothing to anyone.</summary>
    public void Destroy()
    {
        foreach (int prefix in _dirty.Ids)
        {
            _out.ClearDirty(prefix);
        }

        _members.Clear();
        _dirty.Clear();
        _out.Clear();
        _greeting = null;
        _speaker.Scheduler.Cancel(this);
    }

    /// <summary>Sends the whole Adj-RIB-Out to a member that asks for a refresh.</summary>
    public void Dump(BgpSession session)
    {
        EncodeAll(session);
        UpdateEncoder encoder = _speaker.Tables.Encoder;
        if (encoder.Length > 0)
        {
            session.SendUpdates(encoder.Bytes, encoder.Messages);
        }
    }

    /// <summary>The same for a member that has just joined, and in the same segment that this was all.</summary>
    private void Greet(BgpSession session)
    {
        if (_greeting is not null)
        {
            session.SendUpdates(_greeting, _greetingMessages);
            return;
        }

        bool ownOnly = EncodeAll(session);
        UpdateEncoder encoder = _speaker.Tables.Encoder;
        encoder.EncodeEndOfRib(Key.Family);
        session.SendUpdates(encoder.Bytes, encoder.Messages);
        if (ownOnly)
        {
            // A mesh of a thousand: every neighbour that joins is told the same few prefixes of our own.
            _greeting = encoder.Bytes.ToArray();
            _greetingMessages = encoder.Messages;
        }
    }

    /// <summary>
    /// Encodes all routes for one member, and sends what does not fit the encoder. True if these are few, all of them, and our
    /// own, so that every member would be told the same.
    /// </summary>
    private bool EncodeAll(BgpSession session)
    {
        UpdateBatch batch = _speaker.Tables.Batch;
        batch.Clear();
        bool ownOnly = true;
        for (int row = 0; row < _out.RowCount; row++)
        {
            if (Holds(session, row))
            {
                ref AdjRibOut.Row route = ref _out[row];
                ownOnly &= route.Source == RouteTable.LocalPeer;
                batch.Add(route.Attributes, UpdateBatch.Nobody, UpdateBatch.Nobody, route.Prefix, route.PathId);
            }
        }

        UpdateEncoder encoder = _speaker.Tables.Encoder;
        encoder.Clear();
        foreach (UpdateBatch.Bucket bucket in batch.Buckets)
        {
            encoder.Encode(batch, bucket, Key, _routes.Prefixes, _speaker.Tables.Attributes);
            if (encoder.Length >= ServeThreshold)
            {
                session.SendUpdates(encoder.Bytes, encoder.Messages);
                encoder.Clear();
                ownOnly = false;
            }
        }

        return ownOnly && _out.Count == batch.Count;
    }

    private void Send(bool withdrawalsOnly)
    {
        _greeting = null;
        UpdateBatch batch = _speaker.Tables.Batch;
        batch.Clear();
        _export.Reset();
        (_dirty, _flushing) = (_flushing, _dirty);
        bool announced = false;
        foreach (int prefix in _flushing.Ids)
        {
            if (withdrawalsOnly && (_routes.BestRow(prefix) >= 0 || IsOriginatedDefault(prefix)))
            {
                _dirty.Add(prefix);
                continue;
            }

            _out.ClearDirty(prefix);
            announced |= Compare(prefix, batch);
        }

        _flushing.Clear();
        Serve(batch);
        Duration interval = Key.IsInternal
            ? Key.Timers.AdvertisementIntervalInternal
            : Key.Timers.AdvertisementIntervalExternal;
        if (announced && interval > Duration.Zero)
        {
            _speaker.Scheduler.Schedule(this, _speaker.Scheduler.Now + _speaker.Jitter(interval, Key.Timers));
        }
    }

    /// <summary>
    /// Brings the Adj-RIB-Out of one prefix to what the Loc-RIB says. True if something is announced.
    /// </summary>
    private bool Compare(int prefix, UpdateBatch batch)
    {
        bool announced = false;
        int best = _routes.BestRow(prefix);
        if (IsOriginatedDefault(prefix))
        {
            announced = Announce(prefix, Key.AddPath ? 1u : 0u, _export.ExportDefault(prefix), RouteTable.LocalPeer, batch);
        }
        else if (Key.AddPath)
        {
            for (int row = best; row >= 0; row = _routes.NextRow(row))
            {
                if ((_routes[row].Flags & PathFlags.Rejected) == 0 && (!Key.AddPathBestOfAs || _routes.IsBestOfAs(prefix, row)))
                {
                    announced |= Announce(prefix, (uint)row + 1, row, batch);
                }
            }
        }
        else if (best >= 0)
        {
            announced = Announce(prefix, 0, best, batch);
        }

        for (int row = _out.FirstRow(prefix); row >= 0;)
        {
            int next = _out[row].Next - 1;
            if (_out[row].Wanted)
            {
                _out[row].Wanted = false;
            }
            else
            {
                batch.Add(0, UpdateBatch.Nobody, AsMember(_out[row].Source), prefix, _out[row].PathId);
                _out.Remove(row);
            }

            row = next;
        }

        return announced;
    }

    private int DefaultPrefix =>
        _routes.Prefixes.Intern(new InternetPrefix(Key.Family == AddressFamily.IPv4 ? IPv4Address.Any : IPv6Address.Any, 0));

    /// <summary>True for the default route of a group that is told one, whether there is one or not.</summary>
    private bool IsOriginatedDefault(int prefix) => Key.DefaultOriginate && prefix == DefaultPrefix;

    private bool Announce(int prefix, uint pathId, int row, UpdateBatch batch) =>
        Announce(prefix, pathId, _export.Export(prefix, row), _routes[row].Peer, batch);

    private bool Announce(int prefix, uint pathId, int attributes, ushort source, UpdateBatch batch)
    {
        if (attributes == 0)
        {
            return false;
        }

        int existing = _out.Find(prefix, pathId);
        if (existing < 0)
        {
            _out.Add(prefix, pathId, attributes, source);
            _out[_out.Find(prefix, pathId)].Wanted = true;
            batch.Add(attributes, UpdateBatch.Nobody, AsMember(source), prefix, pathId);
            return true;
        }

        ushort oldMember = AsMember(_out[existing].Source);
        ushort newMember = AsMember(source);
        bool same = _out[existing].Attributes == attributes;
        _out[existing].Wanted = true;
        if (same && oldMember == newMember)
        {
            _out[existing].Source = source;
            return false;
        }

        _out.Replace(existing, attributes, source);
        if (oldMember != newMember && newMember != UpdateBatch.Nobody)
        {
            // The new source held the old route from us and must not hold the new one.
            batch.Add(0, newMember, UpdateBatch.Nobody, prefix, pathId);
        }

        if (!same)
        {
            batch.Add(attributes, UpdateBatch.Nobody, newMember, prefix, pathId);
        }
        else if (oldMember != UpdateBatch.Nobody)
        {
            // The attributes are the same, so only the old source, which never had them, needs them.
            batch.Add(attributes, oldMember, UpdateBatch.Nobody, prefix, pathId);
        }

        return true;
    }

    /// <summary>The peer as a member of this group, which must not get the route back; else nobody.</summary>
    private ushort AsMember(ushort peer) =>
        !Key.SendBackToSender && peer != RouteTable.LocalPeer && _speaker.IsMember(peer, this) ? peer : UpdateBatch.Nobody;

    private void Serve(UpdateBatch batch)
    {
        UpdateEncoder encoder = _speaker.Tables.Encoder;
        encoder.Clear();

        // Withdrawals first: they make room, and a route that moves is never held twice.
        for (int pass = 0; pass < 2; pass++)
        {
            foreach (UpdateBatch.Bucket bucket in batch.Buckets)
            {
                if (bucket.Attributes == 0 != (pass == 0))
                {
                    continue;
                }

                encoder.Encode(batch, bucket, Key, _routes.Prefixes, _speaker.Tables.Attributes);
                if (encoder.Length >= ServeThreshold)
                {
                    Deliver(encoder);
                }
            }
        }

        Deliver(encoder);
    }

    private void Deliver(UpdateEncoder encoder)
    {
        if (encoder.Length == 0)
        {
            return;
        }

        Messages += encoder.Messages;

        // What goes to many stands once, in bytes that nobody changes.
        byte[]? shared = _members.Count >= ShareThreshold ? encoder.Bytes.ToArray() : null;
        Span<ushort> members = stackalloc ushort[BgpSpeaker.TouchedAtOnce];
        int next = 0;
        for (int count = _members.Take(ref next, members); count > 0; count = _members.Take(ref next, members))
        {
            Touch(members[..count]);
            foreach (ushort number in members[..count])
            {
                Deliver(encoder, shared, _speaker.SessionAt(number)!);
            }
        }

        encoder.Clear();
    }

    /// <summary>Reads what members need to be served, level by level, so that the misses of one level overlap.</summary>
    private void Touch(ReadOnlySpan<ushort> members)
    {
        foreach (ushort number in members)
        {
            _touched += _speaker.SessionAt(number)!.Touch();
        }

        foreach (ushort number in members)
        {
            _touched += _speaker.SessionAt(number)!.TouchStream();
        }
    }

    private static void Deliver(UpdateEncoder encoder, byte[]? shared, BgpSession member)
    {
        if (encoder.IsForAll)
        {
            Deliver(encoder, shared, member, new Range(0, encoder.Length), encoder.Messages);
        }
        else
        {
            DeliverSegments(encoder, shared, member);
        }
    }

    private static void Deliver(UpdateEncoder encoder, byte[]? shared, BgpSession member, Range range, int messages)
    {
        if (shared is null)
        {
            member.SendUpdates(encoder.Bytes[range], messages);
        }
        else
        {
            member.SendSharedUpdates(shared.AsMemory(range), messages);
        }
    }

    /// <summary>Writes the segments that are for one member, neighbouring ones at once.</summary>
    private static void DeliverSegments(UpdateEncoder encoder, byte[]? shared, BgpSession member)
    {
        int start = 0;
        int length = 0;
        int messages = 0;
        foreach (UpdateEncoder.Segment segment in encoder.Segments)
        {
            if (segment.IsFor(member.Index))
            {
                length += segment.Length;
                messages += segment.Messages;
                continue;
            }

            if (length > 0)
            {
                Deliver(encoder, shared, member, start..(start + length), messages);
            }

            start = segment.Start + segment.Length;
            length = 0;
            messages = 0;
        }

        if (length > 0)
        {
            Deliver(encoder, shared, member, start..(start + length), messages);
        }
    }
}
