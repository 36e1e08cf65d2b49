using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Engine.Netfilter.Sets;

namespace Netemu.Engine.Tcp;

/// <summary>
/// What a listener was told of peers. Many peers of one speaker are told of in one way: of those whose options are the first
/// that came, only the IPv4 addresses are kept; all others with their options.
/// </summary>
internal sealed class PeerOptions
{
    private StreamOptions? _common;

    /// <summary>Peers with the common options; null before the first.</summary>
    private NumberTable<uint>? _alike;
    private Dictionary<InternetAddress, StreamOptions>? _others;

    /// <summary>Sets a peer's options, or forgets them.</summary>
    public void Set(InternetAddress peer, StreamOptions? options)
    {
        _common ??= options;
        if (options is not null && options == _common && peer.IsIPv4)
        {
            _others?.Remove(peer);
            (_alike ??= new NumberTable<uint>()).Add(peer.IPv4.Value);
            return;
        }

        if (peer.IsIPv4)
        {
            _alike?.Remove(peer.IPv4.Value);
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
        peer.IsIPv4 && _alike?.Contains(peer.IPv4.Value) == true ? _common : _others?.GetValueOrDefault(peer);
}
