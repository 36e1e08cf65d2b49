using System.Collections.Generic;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>
/// What happened to a speaker's sessions, the newest 1,024 entries: the answer to "why is it not Established, and since
/// when". It hears as an observer and passes on to another one.
/// </summary>
public sealed class SessionLog(IScheduler scheduler, IBgpObserver? next = null) : IBgpObserver
{
    private const int Capacity = 1024;

    private readonly Queue<SessionLogEntry> _entries = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyCollection<SessionLogEntry> Entries => _entries;

    /// <summary>The entries of one neighbour, oldest first.</summary>
    public IEnumerable<SessionLogEntry> Of(InternetAddress peer)
    {
        foreach (SessionLogEntry entry in _entries)
        {
            if (entry.Peer == peer)
            {
                yield return entry;
            }
        }
    }

    public void StateChanged(BgpSession session, BgpState from, BgpState to, BgpEvent cause)
    {
        Add(new SessionLogEntry(scheduler.Now, session.Address, SessionLogKind.StateChanged)
        {
            From = from,
            To = to,
            Cause = cause,
            Why = to == BgpState.Established ? NotEstablishedReason.None : session.NotEstablished,
        });
        next?.StateChanged(session, from, to, cause);
    }

    public void Notified(BgpSession session, BgpError error, bool sent)
    {
        Add(new SessionLogEntry(
            scheduler.Now, session.Address, sent ? SessionLogKind.NotificationSent : SessionLogKind.NotificationReceived)
        {
            Error = error,
        });
        next?.Notified(session, error, sent);
    }

    public void UpdateError(BgpSession session, BgpError error)
    {
        Add(new SessionLogEntry(scheduler.Now, session.Address, SessionLogKind.UpdateError) { Error = error });
        next?.UpdateError(session, error);
    }

    public void UpdateReceived(BgpSession session, System.ReadOnlySpan<byte> message) => next?.UpdateReceived(session, message);

    public void MessageReceived(BgpSession session, System.ReadOnlySpan<byte> message) => next?.MessageReceived(session, message);

    private void Add(SessionLogEntry entry)
    {
        if (_entries.Count == Capacity)
        {
            _entries.Dequeue();
        }

        _entries.Enqueue(entry);
    }
}
