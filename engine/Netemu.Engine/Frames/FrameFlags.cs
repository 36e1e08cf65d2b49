using System;

namespace Netemu.Engine.Frames;

/// <summary>What is known of a frame beside its bytes.</summary>
[Flags]
public enum FrameFlags : byte
{
    None = 0,

    /// <summary>Other frames may look at the same bytes: copy before writing.</summary>
    Shared = 1,

    /// <summary>The IP header checksum has been found right, or was computed here. Any other writer of header bytes clears it.</summary>
    HeaderChecked = 2,

    /// <summary>The transport checksum was computed here, or has been found right. Any writer of payload bytes clears it.</summary>
    TransportChecked = 4,

    /// <summary>Made by a bridge that flooded: counts nothing by itself, but tells a trace.</summary>
    Flooded = 8,

    /// <summary>The packet was sent by this namespace's own stack (not received), as skb->sk tells Linux.</summary>
    LocallyGenerated = 16,

    /// <summary>Connection tracking must leave the packet alone (NOTRACK).</summary>
    Untracked = 32,

    /// <summary>A probe's packet: it carries a <see cref="Frame.Trace"/>.</summary>
    Traced = 64,

    /// <summary>The destination is the bridge port at which the frame came in: it is for the host that it goes up to.</summary>
    ForHost = 128,
}
