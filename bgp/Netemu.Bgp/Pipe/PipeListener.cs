using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Pipe;

/// <summary>
/// A listening port of a node on the pipe. It checks MD5 keys as a kernel would: a wrong one gets no answer.
/// </summary>
internal sealed class PipeListener(PipeTransport owner, InternetAddress address, ushort port, IByteStreamAcceptor acceptor)
    : IByteStreamListener
{
    /// <summary>The options of the neighbours with a key; most have none.</summary>
    private Dictionary<InternetAddress, StreamOptions>? _keyed;

    public InternetAddress Address => address;

    public ushort Port => port;

    public IByteStreamAcceptor Acceptor => acceptor;

    public void SetPeerOptions(InternetAddress peer, StreamOptions? options)
    {
        if (options?.Md5Key is not null)
        {
            _keyed ??= [];
            _keyed[peer] = options;
        }
        else
        {
            _keyed?.Remove(peer);
        }
    }

    public string? KeyOf(InternetAddress peer) => _keyed?.GetValueOrDefault(peer)?.Md5Key;

    public void Close() => owner.Remove(this);
}
