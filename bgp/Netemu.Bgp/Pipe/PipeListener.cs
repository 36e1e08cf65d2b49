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
    private readonly Dictionary<InternetAddress, StreamOptions> _peers = [];

    public InternetAddress Address => address;

    public ushort Port => port;

    public IByteStreamAcceptor Acceptor => acceptor;

    public void SetPeerOptions(InternetAddress peer, StreamOptions? options)
    {
        // Most neighbours have no key; nothing is kept for them.
        if (options?.Md5Key is not null)
        {
            _peers[peer] = options;
        }
        else if (_peers.Count > 0)
        {
            _peers.Remove(peer);
        }
    }

    public string? KeyOf(InternetAddress peer) => _peers.Count == 0 ? null : _peers.GetValueOrDefault(peer)?.Md5Key;

    public void Close() => owner.Remove(this);
}
