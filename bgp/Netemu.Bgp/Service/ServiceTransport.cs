using System;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Service;

/// <summary>
/// A transport whose streams take time to read: between any transport and a speaker that knows nothing of it. The queue
/// is the node's own, or on the pipe one that nodes of one machine share.
/// </summary>
/// <remarks>
/// <code>
/// transport -> ServiceStream (whole messages) -> ServiceQueue (one server) -> ServiceStream -> BgpSession
/// </code>
/// </remarks>
public sealed class ServiceTransport(
    IByteStreamTransport inner, ServiceQueue queue, ServiceTimes times, RandomSource random) : IByteStreamTransport
{
    public ServiceQueue Queue => queue;

    public IByteStream Connect(InternetAddress remote, ushort port, StreamOptions options, IByteStreamHandler handler)
    {
        ServiceStream stream = new(this) { Handler = handler };
        stream.Inner = inner.Connect(remote, port, options, stream);
        return stream;
    }

    public IByteStreamListener? Listen(InternetAddress local, ushort port, StreamOptions options, IByteStreamAcceptor acceptor) =>
        inner.Listen(local, port, options, new Acceptor(this, acceptor));

    internal void Serve(ServiceStream stream, BgpMessageType type, ReadOnlySpan<byte> message)
    {
        Duration time = type switch
        {
            BgpMessageType.Open => times.Open,
            BgpMessageType.Update => TimeOf(message),
            _ => times.Other,
        };
        queue.Add(stream, time, message.Length);
    }

    private Duration TimeOf(ReadOnlySpan<byte> message)
    {
        Duration time = times.Update;
        if (times.Route > Duration.Zero)
        {
            (int announced, int withdrawn) = UpdateCount.Of(message);
            time += times.Route * (announced + withdrawn);
        }

        long spread = times.UpdateSpread.Nanoseconds;
        return spread > 0 ? time + Duration.FromNanoseconds(random.NextBelow(spread + 1)) : time;
    }

    private sealed class Acceptor(ServiceTransport owner, IByteStreamAcceptor inner) : IByteStreamAcceptor
    {
        public IByteStreamHandler? Accept(IByteStream stream)
        {
            ServiceStream served = new(owner) { Inner = stream };
            served.Handler = inner.Accept(served);
            return served.Handler is null ? null : served;
        }
    }
}
