using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Engine.Tcp;

/// <summary>
/// What a listener was told of peers. Many peers of one speaker are told of in one way: the IPv4 addresses of those whose
/// options are the first that came are kept as numbers in open addressing, half full at most; all others with their options.
/// </summary>
internal sealed class PeerOptions
{
    private StreamOptions? _common;

    /// <summary>Peers with the common options; 0.0.0.0, which is nobody's, is an empty slot.</summary>
    private uint[] _alike = [];
    private int _alikeCount;
    private Dictionary<InternetAddress, StreamOptions>? _others;

    /// <summary>Sets a peer's options, or forgets them.</summary>
    public void Set(InternetAddress peer, StreamOptions? options)
    {
        _common ??= options;
        bool isAlike = options is not null && options == _common && peer.IsIPv4 && !peer.IsUnspecified;
        if (isAlike)
        {
            _others?.Remove(peer);
            AddAlike(peer.IPv4.Value);
            return;
        }

        if (peer.IsIPv4)
        {
            RemoveAlike(peer.IPv4.Value);
        }

        if (options is not null)
        {
            (_others ??= [])[peer] = options;
        }
        else
        {
            _others?.Remove(peer);
        }
    }

    /// <summary>A peer's options, or null.</summary>
    public StreamOptions? Find(InternetAddress peer) =>
        peer.IsIPv4 && _alikeCount > 0 && _alike[SlotOf(peer.IPv4.Value)] != 0 ? _common : _others?.GetValueOrDefault(peer);

    private void AddAlike(uint peer)
    {
        if (2 * (_alikeCount + 1) > _alike.Length)
        {
            uint[] old = _alike;
            _alike = new uint[Math.Max(8, old.Length * 2)];
            foreach (uint kept in old)
            {
                if (kept != 0)
                {
                    _alike[SlotOf(kept)] = kept;
                }
            }
        }

        ref uint slot = ref _alike[SlotOf(peer)];
        _alikeCount += slot == 0 ? 1 : 0;
        slot = peer;
    }

    private void RemoveAlike(uint peer)
    {
        if (_alikeCount == 0 || _alike[SlotOf(peer)] == 0)
        {
            return;
        }

        // What stands behind in the same row is put in again, so that no hole comes between it and its home.
        int mask = _alike.Length - 1;
        int hole = SlotOf(peer);
        _alike[hole] = 0;
        _alikeCount--;
        for (int i = (hole + 1) & mask; _alike[i] != 0; i = (i + 1) & mask)
        {
            uint moved = _alike[i];
            _alike[i] = 0;
            _alike[SlotOf(moved)] = moved;
        }
    }

    /// <summary>Where a peer stands, or would.</summary>
    private int SlotOf(uint peer)
    {
        int mask = _alike.Length - 1;
        int i = (int)((peer * 0x9E3779B1u) >> 7) & mask;
        while (_alike[i] != 0 && _alike[i] != peer)
        {
            i = (i + 1) & mask;
        }

        return i;
    }
}
