using System;

namespace Netemu.Engine.Netfilter.Connections;

/// <summary>What has become of a connection (IPS_*).</summary>
[Flags]
public enum ConnectionStatus : ushort
{
    None = 0,

    /// <summary>Packets have gone both ways.</summary>
    SeenReply = 1,

    /// <summary>Not dropped early when the table is full.</summary>
    Assured = 2,

    /// <summary>In the table: its first packet has passed all hooks.</summary>
    Confirmed = 4,
    SourceNat = 8,
    DestinationNat = 16,
    SourceNatDone = 32,
    DestinationNatDone = 64,

    /// <summary>Taken out of the table.</summary>
    Dying = 128,

    NatMask = SourceNat | DestinationNat,
    NatDoneMask = SourceNatDone | DestinationNatDone,
}
