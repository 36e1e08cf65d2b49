using System;
using System.Runtime.CompilerServices;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Devices;

/// <summary>
/// The end of a link: a network card with a pfifo of its own. Departure is computed when a frame is sent, so that a plain
/// queue needs no timer: a frame leaves when those before it have left and its bits have been serialised.
/// </summary>
public sealed class EthernetDevice : NetDevice
{
    private Link? _link;
    private LinkChannel? _out;
    private long _rate;
    private long _remainder;
    private long _busyUntil;
    private int _timedLength = -1;
    private long _timedQuotient;
    private long _timedRemainder;
    private int _limit;
    private bool _peerUp;

    public EthernetDevice(NetworkNamespace space, string name, int mtu = 1500)
        : base(space, name, space.Node.NextMac(), mtu)
    {
        space.Add(this);
    }

    public override string Kind => string.Empty;

    /// <summary>The cable, or null while there is none.</summary>
    public Link? Link => _link;

    /// <summary>The rate in bits per second; 0 for none.</summary>
    public long RateBitsPerSecond => _rate;

    /// <summary>Frames that may wait in the card's own queue.</summary>
    public int QueueLimit => _limit;

    /// <summary>Frames that wait for their departure now.</summary>
    public int QueueLength => _out?.QueueLength(Node.Now.Nanoseconds) ?? 0;

    /// <summary>Changes the rate for frames that are sent from now on; 0 for none.</summary>
    public void SetRate(long bitsPerSecond)
    {
        _rate = bitsPerSecond;
        _remainder = 0;
    }

    internal override long ReadyAt => _busyUntil;

    internal void Attach(Link link, LinkOptions options)
    {
        _link = link;
        _out = link.ChannelFrom(this);
        _rate = options.RateBitsPerSecond;
        _limit = options.QueueLimit;
        _peerUp = link.Other(this).IsUp;
        UpdateCarrier();
    }

    /// <summary>The cable was cut or mended, at a barrier.</summary>
    internal void CableChanged()
    {
        _peerUp = _link!.Other(this).IsUp;
        UpdateCarrier();
    }

    internal override void PeerCarrierChanged(bool carrier)
    {
        _peerUp = carrier;
        UpdateCarrier();
    }

    /// <summary>Reads where the next frame will be queued; see WindowWarmer.</summary>
    internal int TouchQueue() => (int)_busyUntil + (_out?.TouchTail() ?? 0);

    /// <summary>
    /// True if what is sent now arrives after the window that is running, so that sending it changes nothing in it.
    /// </summary>
    internal bool CrossesShards => _out!.DelayNanoseconds >= Emulation.ShardBoundary;

    /// <summary>
    /// <see cref="NetDevice.Transmit"/> for a device that is running, in whose way nothing stands, and a frame that carries
    /// nothing that only its sender may know. The caller counts it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void TransmitPlain(Frame frame, long now) => Enqueue(frame, now);

    protected override void TransmitCore(Frame frame)
    {
        frame.Scrub();
        Enqueue(frame, Node.Shard.NowNanoseconds);
    }

    /// <summary>The wire carries packets: here a super-segment is parted at last (a card's TSO).</summary>
    private protected override void TransmitSuperCore(Frame head)
    {
        long now = Node.Shard.NowNanoseconds;
        foreach (Frame frame in head.Part())
        {
            CountTransmitted(frame.Length);
            frame.Scrub();
            Enqueue(frame, now);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enqueue(Frame frame, long now)
    {
        LinkChannel channel = _out!;
        long departure = now;
        if (_rate > 0)
        {
            if (_busyUntil >= now)
            {
                if (channel.IsLongerThan(_limit, now))
                {
                    frame.Input = null;
                    Drop(frame, DropReason.QueueFull);
                    return;
                }

                departure = _busyUntil;
            }
            else
            {
                _remainder = 0;
            }

            departure += SerialisationTime(frame.Length);
            _busyUntil = departure;
        }

        channel.Push(frame, departure);
    }

    protected override void OnStateChanged()
    {
        if (_link is null)
        {
            return;
        }

        if (Node.Emulation.IsBuilding)
        {
            // Before the start there is no time in which news could travel.
            _link.Other(this).PeerCarrierChanged(IsUp);
            UpdateCarrier();
            return;
        }

        // The other end sees the change when the last bit would have reached it.
        long now = Node.Now.Nanoseconds;
        if (!IsUp)
        {
            _busyUntil = now;
            _remainder = 0;
        }

        _out!.PushCarrier(IsUp, Math.Max(now, _busyUntil));
        UpdateCarrier();
    }

    /// <summary>
    /// The nanoseconds that a frame's bits take. Exact to a fraction of a nanosecond: what division leaves is carried over
    /// to the next frame. The division for the last length is kept, for most frames are like the one before.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long SerialisationTime(int length)
    {
        if (length != _timedLength)
        {
            long scaled = length * 8_000_000_000L;
            _timedLength = length;
            _timedQuotient = scaled / _rate;
            _timedRemainder = scaled - (_timedQuotient * _rate);
        }

        _remainder += _timedRemainder;
        if (_remainder < _rate)
        {
            return _timedQuotient;
        }

        _remainder -= _rate;
        return _timedQuotient + 1;
    }

    private void UpdateCarrier() => SetCarrier(_link is { IsUp: true } && IsUp && _peerUp);
}
