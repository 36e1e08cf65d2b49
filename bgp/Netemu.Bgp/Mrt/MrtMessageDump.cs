using System;
using System.IO;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Mrt;

/// <summary>
/// Everything that a speaker hears, as BGP4MP records (RFC 6396 section 4.4), and the states of its sessions: what
/// collectors publish as "updates". It hears as an observer and passes on to another one.
/// </summary>
public sealed class MrtMessageDump(Stream output, IScheduler scheduler, uint localAs, IBgpObserver? next = null) : IBgpObserver
{
    private readonly MrtWriter _writer = new(output);

    public void StateChanged(BgpSession session, BgpState from, BgpState to, BgpEvent cause)
    {
        WriteHead(session);

        // Section 4.4.1: states count from 1 (Idle) as the table of RFC 4271 has them.
        _writer.UInt16((int)from + 1);
        _writer.UInt16((int)to + 1);
        _writer.End(scheduler.Now, MrtType.Bgp4Mp, MrtSubtype.StateChangeAs4);
        next?.StateChanged(session, from, to, cause);
    }

    public void Notified(BgpSession session, BgpError error, bool sent) => next?.Notified(session, error, sent);

    public void UpdateError(BgpSession session, BgpError error) => next?.UpdateError(session, error);

    public void UpdateReceived(BgpSession session, ReadOnlySpan<byte> message) => next?.UpdateReceived(session, message);

    public void MessageReceived(BgpSession session, ReadOnlySpan<byte> message)
    {
        WriteHead(session);
        _writer.Bytes(message);
        bool addPath = session.ReceivesAddPath(AddressFamily.IPv4) || session.ReceivesAddPath(AddressFamily.IPv6);
        bool four = session.Both(BgpCapabilities.FourOctetAs) || !session.IsEstablished;
        ushort subtype = !four ? MrtSubtype.Message : addPath ? MrtSubtype.MessageAs4AddPath : MrtSubtype.MessageAs4;
        _writer.End(scheduler.Now, MrtType.Bgp4Mp, subtype);
        next?.MessageReceived(session, message);
    }

    private void WriteHead(BgpSession session)
    {
        InternetAddress local = session.LocalAddress;
        if (local.IsNone || local.IsIPv4 != session.Address.IsIPv4)
        {
            local = session.Address.IsIPv4 ? IPv4Address.Any : IPv6Address.Any;
        }

        _writer.UInt32(session.RemoteAs);
        _writer.UInt32(localAs);
        _writer.UInt16(0);
        _writer.UInt16((int)session.Address.Family);
        _writer.Address(session.Address);
        _writer.Address(local);
    }
}
