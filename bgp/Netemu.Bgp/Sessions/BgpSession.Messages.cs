using System;
using System.Runtime.CompilerServices;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Sessions;

/// <summary>Received bytes: framing, and the messages as events.</summary>
public sealed partial class BgpSession
{
    private const int HoldTimeOffset = BgpMessage.HeaderSize + 3;
    private const int IdentifierOffset = BgpMessage.HeaderSize + 5;

    private void ReadFrom(IByteStream stream)
    {
        byte[] buffer = _speaker.Tables.ReadBuffer;
        bool mayHaveMore = true;
        while (mayHaveMore)
        {
            ref BgpConnection connection = ref ConnectionOf(stream);
            if (Unsafe.IsNullRef(ref connection))
            {
                return;
            }

            int kept = connection.Partial?.Length ?? 0;
            connection.Partial?.CopyTo(buffer, 0);
            int read = stream.Read(buffer.AsSpan(kept));
            if (read == 0)
            {
                return;
            }

            connection.Partial = null;
            mayHaveMore = kept + read == buffer.Length;
            ReadMessages(stream, buffer.AsSpan(0, kept + read));
        }
    }

    /// <summary>Takes bytes as if they had come on the session's connection: what a fuzzer feeds.</summary>
    internal void ReadMessages(ReadOnlySpan<byte> bytes)
    {
        if (_main.Stream is IByteStream stream)
        {
            _main.Partial = null;
            ReadMessages(stream, bytes);
        }
    }

    private void ReadMessages(IByteStream stream, ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            ref BgpConnection connection = ref ConnectionOf(stream);
            if (Unsafe.IsNullRef(ref connection))
            {
                return;
            }

            if (!BgpMessage.TryFrame(bytes, MaximumSizeOf(connection), out int length, out BgpMessageType type, out BgpError error))
            {
                if (error.IsError)
                {
                    Drive(ref connection, BgpEvent.BgpHeaderErr, error, bytes);
                }
                else if (bytes.Length > 0)
                {
                    connection.Partial = bytes.ToArray();
                }

                return;
            }

            _speaker.Observer?.MessageReceived(this, bytes[..length]);
            Handle(ref connection, type, bytes[..length]);
            bytes = bytes[length..];
        }
    }

    private int MaximumSizeOf(in BgpConnection connection) =>
        (_localCapabilities & connection.RemoteCapabilities & BgpCapabilities.ExtendedMessage) != 0
            ? BgpMessage.MaximumExtendedSize
            : BgpMessage.MaximumSize;

    private void Handle(ref BgpConnection connection, BgpMessageType type, ReadOnlySpan<byte> message)
    {
        switch (type)
        {
            case BgpMessageType.Open:
                HandleOpen(ref connection, message);
                break;
            case BgpMessageType.Update:
                HandleUpdate(ref connection, message);
                break;
            case BgpMessageType.Notification:
                HandleNotification(ref connection, message);
                break;
            case BgpMessageType.Keepalive:
                _counters.KeepalivesReceived++;
                AwaitsKeepalive = false;
                Drive(ref connection, BgpEvent.KeepAliveMsg);
                break;
            case BgpMessageType.RouteRefresh:
                HandleRouteRefresh(ref connection, message);
                break;
        }
    }

    private void HandleOpen(ref BgpConnection connection, ReadOnlySpan<byte> message)
    {
        _counters.OpensReceived++;
        BgpError error = _speaker.Tables.Opens.TryRead(message, out OpenMessage open);
        open = WithoutLoneLongLived(open);
        if (!error.IsError)
        {
            error = Judge(open);
        }

        if (error.IsError)
        {
            Drive(ref connection, BgpEvent.BgpOpenMsgErr, error, message);
            return;
        }

        _speaker.Monitor?.OpenPassed(this, connection.Stream, message, sent: false);
        if (connection.State is BgpState.OpenSent or BgpState.Connect or BgpState.Active)
        {
            TakeOpen(ref connection, open);
            if (!ResolveCollision(ref connection))
            {
                return;
            }

            // The connection may have moved to the session's own place.
            connection = ref Colliding is not null && !IsMain(ref connection) ? ref Colliding.Connection : ref _main;
        }

        bool delaying = connection.DelayOpenDue != Netemu.Core.Time.SimTime.Never;
        Drive(ref connection, delaying ? BgpEvent.BgpOpenWithDelayOpenTimerRunning : BgpEvent.BgpOpen);
    }

    // RFC 4271 section 6.2.
    private BgpError Judge(in OpenMessage open)
    {
        // RFC 7607: AS 0 is nobody's.
        bool expected = Configuration.RemoteAs != 0
            ? open.As == Configuration.RemoteAs || IsBehindAsTrans(open.As)
            : open.As != 0 && (Configuration.AnyAs == AnyAsMode.All || open.As != LocalAs);
        if (!expected)
        {
            return BgpError.Open(BgpErrorSubcode.BadPeerAs);
        }

        // RFC 6286 section 2.2: not zero, and internal peers must differ.
        bool ours = open.As == _speaker.Configuration.As && open.Identifier == _speaker.Configuration.RouterId;
        if (open.Identifier.IsUnspecified || ours)
        {
            return OpenError(BgpErrorSubcode.BadBgpIdentifier, IdentifierOffset, sizeof(uint));
        }

        if (open.As != LocalAs && !IsRoleAllowed(open.Capabilities & BgpCapabilities.Roles))
        {
            return BgpError.Open(BgpErrorSubcode.RoleMismatch);
        }

        const BgpCapabilities families = BgpCapabilities.IPv4Unicast | BgpCapabilities.IPv6Unicast;
        if ((_localCapabilities & families) != 0 && (_localCapabilities & open.Capabilities & families) == 0)
        {
            // RFC 5492 section 5: there is nothing to exchange. Both BIRD and bgpd end it so.
            return BgpError.Open(BgpErrorSubcode.UnsupportedCapability);
        }

        return open.HoldTime is 1 or 2 || open.HoldTime < _speaker.Configuration.MinimumHoldTime
            ? OpenError(BgpErrorSubcode.UnacceptableHoldTime, HoldTimeOffset, sizeof(ushort))
            : BgpError.None;
    }

    // Both BIRD and bgpd quote the field.
    private static BgpError OpenError(byte subcode, int offset, int length) => BgpError.Open(subcode) with
    {
        DataOffset = (ushort)offset,
        DataLength = (ushort)length,
    };

    // RFC 9234 section 4.2: the roles of both sides must be a pair of its table 2; who says none is believed, unless strict.
    private bool IsRoleAllowed(BgpCapabilities theirs) => Configuration.Role switch
    {
        BgpRole.None => true,
        _ when theirs == 0 => !Configuration.RoleStrict,
        BgpRole.Provider => theirs == BgpCapabilities.RoleCustomer,
        BgpRole.Customer => theirs == BgpCapabilities.RoleProvider,
        BgpRole.RouteServer => theirs == BgpCapabilities.RoleRouteServerClient,
        BgpRole.RouteServerClient => theirs == BgpCapabilities.RoleRouteServer,
        _ => theirs == BgpCapabilities.RolePeer,
    };

    // RFC 6793 section 4.1: who knows two octets only reads the "My Autonomous System" field, which says AS_TRANS.
    private bool IsBehindAsTrans(uint asNumber) =>
        !Configuration.FourOctetAs && Configuration.RemoteAs == OpenMessage.AsTrans && asNumber > ushort.MaxValue;

    private void TakeOpen(ref BgpConnection connection, in OpenMessage open)
    {
        if (_configuration.RemoteAs is 0 or OpenMessage.AsTrans)
        {
            Rest.LearnedAs = open.As;
        }

        connection.RemoteIdentifier = open.Identifier;
        connection.RemoteCapabilities = open.Capabilities;
        connection.RemoteRestartTime = open.RestartTime;
        TakeLongLivedTimes(open);
        connection.HoldTime = Math.Min(open.HoldTime, Timers.HoldTime);
        connection.KeepaliveTime = (ushort)Math.Min(Timers.KeepaliveTime, connection.HoldTime / 3);
    }

    /// <summary>
    /// RFC 4271 section 6.8: of two connections of one peer whose OPENs have come, the one that was opened by the side
    /// with the higher identifier stays. False if the connection at hand was the one to go.
    /// </summary>
    private bool ResolveCollision(ref BgpConnection connection)
    {
        if (Colliding is not CollidingConnection second)
        {
            return true;
        }

        bool isSecond = !IsMain(ref connection);
        if (isSecond && _main.State is BgpState.Connect or BgpState.Active)
        {
            // Our own attempt has not come far enough to be examined; the peer is here already.
            Promote(second);
            return true;
        }

        BgpState other = isSecond ? _main.State : second.Connection.State;
        if (other != BgpState.OpenConfirm)
        {
            return true;
        }

        bool oursWins = LocalWins(connection.RemoteIdentifier);
        if (connection.IsOutgoing == oursWins)
        {
            if (isSecond)
            {
                Promote(second);
            }
            else
            {
                CloseColliding(BgpError.Cease(BgpErrorSubcode.ConnectionCollisionResolution));
            }

            return true;
        }

        if (isSecond)
        {
            CloseColliding(BgpError.Cease(BgpErrorSubcode.ConnectionCollisionResolution));
        }
        else
        {
            Promote(second);
        }

        return false;
    }

    // RFC 6286 section 2.3: with equal identifiers the higher AS wins.
    private bool LocalWins(IPv4Address remote)
    {
        IPv4Address local = _speaker.Configuration.RouterId;
        return local != remote ? local > remote : _speaker.Configuration.As > RemoteAs;
    }

    /// <summary>The second connection becomes the session's; the first is closed.</summary>
    private void Promote(CollidingConnection second)
    {
        (_main, second.Connection) = (second.Connection, _main);
        _connectRetryDue = Netemu.Core.Time.SimTime.Never;
        CloseColliding(BgpError.Cease(BgpErrorSubcode.ConnectionCollisionResolution));
    }

    private void CloseColliding(BgpError error)
    {
        if (Colliding is CollidingConnection second)
        {
            Drive(ref second.Connection, BgpEvent.OpenCollisionDump, error);
            Colliding = null;
        }
    }

    private void HandleNotification(ref BgpConnection connection, ReadOnlySpan<byte> message)
    {
        Rest.NotificationsReceived++;
        BgpError error = NotificationMessage.Read(message);
        ReadOnlySpan<byte> data = NotificationMessage.Data(message);
        bool hard = error.Code == BgpErrorCode.Cease && error.Subcode == BgpErrorSubcode.HardReset;
        if (hard && data.Length >= 2)
        {
            // RFC 8538 section 3: the reason stands inside.
            error = new BgpError((BgpErrorCode)data[0], data[1], ErrorSeverity.SessionReset);
            data = data[2..];
        }

        IsHardReset = hard;
        if (IsMain(ref connection))
        {
            ShutdownMessage = NotificationMessage.CarriesShutdownMessage(error)
                ? NotificationMessage.ShutdownMessage(data)
                : "";
            LastError = error;
            _speaker.Monitor?.NotificationPassed(this, message, sent: false);
            NotEstablished = NotEstablishedReason.NotificationReceived;
        }

        _speaker.Observer?.Notified(this, error, sent: false);
        bool version = error.Code == BgpErrorCode.OpenMessage && error.Subcode == BgpErrorSubcode.UnsupportedVersion;
        Drive(ref connection, version ? BgpEvent.NotifMsgVerErr : BgpEvent.NotifMsg, error);
        IsHardReset = false;
    }

    private void HandleUpdate(ref BgpConnection connection, ReadOnlySpan<byte> message)
    {
        _counters.UpdatesReceived++;
        if (connection.State != BgpState.Established)
        {
            Drive(ref connection, BgpEvent.UpdateMsg);
            return;
        }

        _speaker.Observer?.UpdateReceived(this, message);
        _speaker.Tables.UpdateWatcher?.Invoke(_speaker, this, message);

        // The table says ProcessUpdate and RestartHoldTimer for this cell, unless the message is in error.
        BgpError error = _speaker.ProcessUpdate(this, message);
        if (error.Severity == ErrorSeverity.SessionReset)
        {
            Drive(ref connection, BgpEvent.UpdateMsgErr, error, message);
            if (error.Code == BgpErrorCode.Cease)
            {
                WaitAfterMaximumPrefixes();
            }

            return;
        }

        if (error.IsError)
        {
            Rest.UpdateErrors++;
            _speaker.Observer?.UpdateError(this, error);
            _speaker.Monitor?.UpdateError(this, error);
        }

        if (connection.State == BgpState.Established)
        {
            RestartHoldTimer(ref connection);
        }
    }

    /// <summary>A session that met its limit does not come back by itself, unless a restart interval is configured.</summary>
    private void WaitAfterMaximumPrefixes()
    {
        NotEstablished = NotEstablishedReason.MaximumPrefixes;
        IdleHoldDue = Configuration.MaximumPrefixesRestart > Netemu.Core.Time.Duration.Zero
            ? Scheduler.Now + Configuration.MaximumPrefixesRestart
            : Netemu.Core.Time.SimTime.Never;
        SetAwaited(false);
        _speaker.Arm(this);
    }

    private void HandleRouteRefresh(ref BgpConnection connection, ReadOnlySpan<byte> message)
    {
        Rest.RefreshesReceived++;
        if (connection.State != BgpState.Established)
        {
            // As an UPDATE here: a message that this state does not expect.
            Drive(ref connection, BgpEvent.UpdateMsg);
            return;
        }

        if ((_localCapabilities & BgpCapabilities.RouteRefresh) == 0)
        {
            // To who has not offered it the type is unknown (RFC 4271 section 6.1), as in BIRD.
            Drive(ref connection, BgpEvent.BgpHeaderErr, BgpError.Header(BgpErrorSubcode.BadMessageType, BgpMessage.TypeOffset, 1), message);
            return;
        }

        BgpError error = RouteRefreshMessage.TryRead(message, out RouteRefreshMessage refresh);
        if (error.IsError)
        {
            Drive(ref connection, BgpEvent.UpdateMsgErr, error, message);
            return;
        }

        RestartHoldTimer(ref connection);
        if (refresh.IsUnicast && refresh.Family != 0 && Has(refresh.Family))
        {
            HandleRouteRefresh(refresh);
        }
    }
}
