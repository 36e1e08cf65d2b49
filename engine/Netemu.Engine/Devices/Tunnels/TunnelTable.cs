using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Devices.Tunnels;

/// <summary>The tunnels of one kind, found by the addresses of an outer packet and its key (ip_tunnel_lookup).</summary>
internal sealed class TunnelTable
{
    private readonly Dictionary<ulong, IPTunnelDevice[]> _byAddresses = [];

    /// <summary>Takes what nobody else does: tunl0, gre0, sit0.</summary>
    public IPTunnelDevice? Fallback { get; private set; }

    public void Add(IPTunnelDevice tunnel)
    {
        if (tunnel.IsFallback)
        {
            Fallback = tunnel;
            return;
        }

        ulong key = KeyOf(tunnel.Options.Remote, tunnel.Options.Local);
        _byAddresses[key] = [.. _byAddresses.GetValueOrDefault(key, []), tunnel];
    }

    public void Remove(IPTunnelDevice tunnel)
    {
        if (ReferenceEquals(Fallback, tunnel))
        {
            Fallback = null;
            return;
        }

        ulong key = KeyOf(tunnel.Options.Remote, tunnel.Options.Local);
        IPTunnelDevice[] left = Array.FindAll(_byAddresses.GetValueOrDefault(key, []), t => !ReferenceEquals(t, tunnel));
        if (left.Length == 0)
        {
            _byAddresses.Remove(key);
        }
        else
        {
            _byAddresses[key] = left;
        }
    }

    /// <summary>True if a tunnel has these ends, key and device: there may be one only (ip_tunnel_find).</summary>
    public bool Exists(IPTunnelOptions options) =>
        (options.Remote.IsUnspecified && options.Local.IsUnspecified && options.InputKey is null && Fallback is not null)
        || Array.Exists(
            _byAddresses.GetValueOrDefault(KeyOf(options.Remote, options.Local), []),
            t => t.Options.InputKey == options.InputKey && ReferenceEquals(t.Options.Link, options.Link));

    /// <summary>
    /// The tunnel for a packet from <paramref name="remote"/> to <paramref name="local"/>: both ends, then the far one, then
    /// the near one, then the key alone, then the fallback; at each step one bound to the device before one that is not.
    /// </summary>
    public IPTunnelDevice? Find(NetDevice? device, IPv4Address remote, IPv4Address local, uint? key)
    {
        IPTunnelDevice? candidate = null;
        if (_byAddresses.Count > 0)
        {
            if (Scan(remote, local, device, key, ref candidate) is { } both)
            {
                return both;
            }

            if (Scan(remote, default, device, key, ref candidate) is { } far)
            {
                return far;
            }

            if (Scan(default, local, device, key, ref candidate) is { } near)
            {
                return near;
            }

            if (key is not null && Scan(default, default, device, key, ref candidate) is { } keyed)
            {
                return keyed;
            }
        }

        return candidate ?? (Fallback is { IsUp: true } ? Fallback : null);
    }

    /// <summary>The tunnel that has sent a packet, whichever device it left by.</summary>
    public IPTunnelDevice? Find(IPv4Address remote, IPv4Address local, uint? key) => Find(null, remote, local, key);

    private static ulong KeyOf(IPv4Address remote, IPv4Address local) => ((ulong)remote.Value << 32) | local.Value;

    private IPTunnelDevice? Scan(
        IPv4Address remote, IPv4Address local, NetDevice? device, uint? key, ref IPTunnelDevice? candidate)
    {
        if (!_byAddresses.TryGetValue(KeyOf(remote, local), out IPTunnelDevice[]? tunnels))
        {
            return null;
        }

        foreach (IPTunnelDevice tunnel in tunnels)
        {
            if (!tunnel.IsUp || tunnel.Options.InputKey != key)
            {
                continue;
            }

            // ip_tunnel_lookup: bound to the device that the packet came in by is a match, any other is second best.
            if (ReferenceEquals(tunnel.Options.Link, device))
            {
                return tunnel;
            }

            candidate ??= tunnel;
        }

        return null;
    }
}
