using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Links;

/// <summary>
/// A cable between two devices of possibly different nodes. Its delay is structural: it decides the windows of the whole
/// emulation and changes only at a barrier. Jitter, loss and rate are the sender's queueing discipline.
/// </summary>
public sealed class Link
{
    internal Link(int index, EthernetDevice a, EthernetDevice b, LinkOptions options)
    {
        Index = index;
        A = a;
        B = b;
        AToB = new LinkChannel(2 * index, this, b);
        BToA = new LinkChannel((2 * index) + 1, this, a);
        DelayNanoseconds = options.Delay.Nanoseconds;
    }

    /// <summary>The declaration index.</summary>
    public int Index { get; }

    public EthernetDevice A { get; }

    public EthernetDevice B { get; }

    public LinkChannel AToB { get; }

    public LinkChannel BToA { get; }

    /// <summary>The propagation delay.</summary>
    public Duration Delay => new(DelayNanoseconds);

    /// <summary>False while the cable is cut.</summary>
    public bool IsUp { get; private set; } = true;

    internal long DelayNanoseconds
    {
        get => AToB.DelayNanoseconds;
        set => AToB.DelayNanoseconds = BToA.DelayNanoseconds = value;
    }

    /// <summary>
    /// Cuts or mends the cable, at a barrier: frames in flight are lost, and both ends see their carrier change at once.
    /// </summary>
    internal void SetState(bool up)
    {
        if (IsUp == up)
        {
            return;
        }

        IsUp = up;
        if (!up)
        {
            AToB.LoseInFlight();
            BToA.LoseInFlight();
        }

        A.CableChanged();
        B.CableChanged();
    }

    internal EthernetDevice Other(EthernetDevice end) => ReferenceEquals(end, A) ? B : A;

    internal LinkChannel ChannelFrom(EthernetDevice end) => ReferenceEquals(end, A) ? AToB : BToA;

    internal void DropAll(DropReason reason)
    {
        AToB.DropAll(reason);
        BToA.DropAll(reason);
    }
}
