using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Forwarding;

/// <summary>
/// What a run has to know of an IP version: which packets nothing but a route stands in the way of, and what a router does to
/// them. A type of its own for each version, so that a run is compiled for it.
/// </summary>
internal interface IPlainPackets<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    /// <summary>The length of the shortest frame that <see cref="TryRead"/> may be asked about.</summary>
    static abstract int LeastLength { get; }

    /// <summary>What must be known of a frame.</summary>
    static abstract FrameFlags MustBeSet { get; }

    /// <summary>
    /// The destination of a frame, if it is that version's, fills the frame to its end, may be forwarded from where and to where
    /// it goes, has an age to lose, and carries nothing that a router looks at.
    /// </summary>
    bool TryRead(ref byte frame, int length, out TAddress destination);

    /// <summary>Takes one from the time to live (hop limit).</summary>
    static abstract void Age(ref byte frame);

    /// <summary>The longest packet that may leave by a device.</summary>
    static abstract int MtuOf(NetDevice device);
}
