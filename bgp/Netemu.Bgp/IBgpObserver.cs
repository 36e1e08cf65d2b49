using System;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;

namespace Netemu.Bgp;

/// <summary>Hears what happens to sessions: the event log that answers "why is it not Established".</summary>
public interface IBgpObserver
{
    void StateChanged(BgpSession session, BgpState from, BgpState to, BgpEvent cause);

    /// <summary>A NOTIFICATION went out or came in.</summary>
    void Notified(BgpSession session, BgpError error, bool sent);

    /// <summary>An error in an UPDATE that the session survived (RFC 7606).</summary>
    void UpdateError(BgpSession session, BgpError error);

    /// <summary>A whole message has come: what an MRT file of BGP4MP records holds.</summary>
    void MessageReceived(BgpSession session, ReadOnlySpan<byte> message)
    {
    }

    /// <summary>A whole UPDATE has come on an established session and is about to be processed. Its bytes are valid during the call only.</summary>
    void UpdateReceived(BgpSession session, ReadOnlySpan<byte> message)
    {
    }
}
