using Netemu.Core.Addresses;

namespace Netemu.Core.Streams;

/// <summary>A listening port.</summary>
public interface IByteStreamListener
{
    /// <summary>
    /// What connections from one peer carry (MD5 key, least TTL) instead of what all do; null removes it. It is needed before the SYN
    /// arrives, so it is set ahead of time, as setsockopt(TCP_MD5SIG) does.
    /// </summary>
    void SetPeerOptions(InternetAddress peer, StreamOptions? options);

    /// <summary>Stops listening; connections already accepted live on.</summary>
    void Close();
}
