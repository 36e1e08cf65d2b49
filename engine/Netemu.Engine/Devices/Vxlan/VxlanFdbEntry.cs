using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Engine.Devices.Vxlan;

/// <summary>
/// One address of a VXLAN's forwarding database and the far ends behind it. Only the all-zero address (the default entry)
/// and groups may have several: a copy goes to each.
/// </summary>
public sealed class VxlanFdbEntry
{
    private VxlanRemote[] _remotes;

    internal VxlanFdbEntry(MacAddress mac, VxlanRemote remote, VxlanFdbState state)
    {
        Mac = mac;
        State = state;
        _remotes = [remote];
    }

    public MacAddress Mac { get; }

    public VxlanFdbState State { get; internal set; }

    /// <summary>The far ends in the order in which they were added.</summary>
    public IReadOnlyList<VxlanRemote> Remotes => _remotes;

    /// <summary>When a frame of that source last came in, or the entry was last changed.</summary>
    public SimTime Updated { get; internal set; }

    /// <summary>When the entry was last looked up for a frame to send.</summary>
    public SimTime Used { get; internal set; }

    public bool IsStatic => State != VxlanFdbState.Reachable;

    internal ReadOnlySpan<VxlanRemote> RemoteSpan => _remotes;

    internal VxlanRemote First => _remotes[0];

    internal void Append(VxlanRemote remote) => _remotes = [.. _remotes, remote];

    internal void ReplaceFirst(VxlanRemote remote) => _remotes = [remote, .. _remotes[1..]];

    internal void Remove(VxlanRemote remote) => _remotes = Array.FindAll(_remotes, r => !ReferenceEquals(r, remote));
}
