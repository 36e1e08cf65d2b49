using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Updates;

/// <summary>
/// What of a session a group key is made of, cheap to compare: a thousand neighbours of one peer group find their update
/// group without a key being made for each. The link is not part of it: only where all else is alike is it worth asking for.
/// </summary>
internal readonly record struct UpdateGroupMember(BgpNeighborConfiguration Configuration, BgpCapabilities Capabilities, InternetAddress LocalAddress)
{
    public bool IsLike(in UpdateGroupMember other) =>
        ReferenceEquals(Configuration, other.Configuration)
        && Capabilities == other.Capabilities
        && LocalAddress == other.LocalAddress;
}
