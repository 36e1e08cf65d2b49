using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Neighbours;

/// <summary>What differs between ARP and NDP: how to ask, and what failure means.</summary>
internal interface INeighbourProtocol<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    /// <summary>Asks for the neighbour: by broadcast or multicast, or from its known MAC to confirm it.</summary>
    void Solicit(NeighbourEntry<TAddress> entry, bool unicast);

    /// <summary>A packet that waited for a neighbour that does not answer. Takes ownership.</summary>
    void Unreachable(Frame frame, NetDevice device);

    /// <summary>How neighbours on a device are asked, and for how long they are believed.</summary>
    NeighbourParameters Parameters(NetDevice device);

    /// <summary>Answers for an address are to be given on a device from now on, or no more.</summary>
    void ProxyChanged(NetDevice device, TAddress address, bool added);

    /// <summary>A neighbour has not answered its last solicitation.</summary>
    void Failed(NeighbourEntry<TAddress> entry);
}
