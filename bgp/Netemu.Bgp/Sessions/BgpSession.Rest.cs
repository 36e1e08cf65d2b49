using Netemu.Bgp.Messages;
using Netemu.Bgp.Updates;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>What lies in <see cref="SessionRest"/>; setting what it already says makes no such object.</summary>
public sealed partial class BgpSession
{
    private SessionRest? _rest;

    /// <summary>What the neighbour said of its shutdown, or "" (RFC 9003).</summary>
    public string ShutdownMessage
    {
        get => _rest?.ShutdownMessage ?? "";
        private set
        {
            if (value != ShutdownMessage)
            {
                Rest.ShutdownMessage = value;
            }
        }
    }

    /// <summary>The last NOTIFICATION, either way.</summary>
    public BgpError LastError
    {
        get => _rest?.LastError ?? default;
        private set => Rest.LastError = value;
    }

    internal UpdateGroup? IPv6Group
    {
        get => _rest?.IPv6Group;
        private set
        {
            if (value != IPv6Group)
            {
                Rest.IPv6Group = value;
            }
        }
    }

    private SessionRest Rest => _rest ??= new SessionRest();

    private CollidingConnection? Colliding
    {
        get => _rest?.Colliding;
        set
        {
            if (value != Colliding)
            {
                Rest.Colliding = value;
            }
        }
    }

    private OutputQueue? Output
    {
        get => _rest?.Output;
        set
        {
            if (value != Output)
            {
                Rest.Output = value;
            }
        }
    }

    private StaleRoutes? Stale
    {
        get => _rest?.Stale;
        set
        {
            if (value != Stale)
            {
                Rest.Stale = value;
            }
        }
    }

    private SimTime IdleHoldDue
    {
        get => _rest?.IdleHoldDue ?? SimTime.Never;
        set
        {
            if (value != IdleHoldDue)
            {
                Rest.IdleHoldDue = value;
            }
        }
    }

    private byte ConnectRetryCounter
    {
        get => _rest?.ConnectRetryCounter ?? 0;
        set
        {
            if (value != ConnectRetryCounter)
            {
                Rest.ConnectRetryCounter = value;
            }
        }
    }

    private bool IsHardReset
    {
        get => _rest?.IsHardReset ?? false;
        set
        {
            if (value != IsHardReset)
            {
                Rest.IsHardReset = value;
            }
        }
    }

    private bool RestartsAtOnce
    {
        get => _rest?.RestartsAtOnce ?? false;
        set
        {
            if (value != RestartsAtOnce)
            {
                Rest.RestartsAtOnce = value;
            }
        }
    }
}
