using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>What the calculation nodes find out, in the order in which they do; a sequencer makes messages of it.</summary>
internal interface ICalculationOutput
{
    void OnIPSetAdded(string id, IPSetType type, MemberVersion members);

    void OnMember(string id, IPSetMember member, bool isAdded);

    /// <summary>What a set has come to after the members that were told of.</summary>
    void OnIPSetVersion(string id, MemberVersion members);

    void OnIPSetRemoved(string id);

    void OnPolicyActive(ActivePolicyUpdate policy);

    void OnPolicyInactive(ResourceKey policy);

    void OnProfileActive(ActiveProfileUpdate profile);

    void OnProfileInactive(string profile);

    void OnEndpoint(ResourceKey key, DataplaneMessage update);

    void OnEndpointRemoved(ResourceKey key);

    void OnRoute(RouteUpdate route);

    void OnRouteRemoved(InternetPrefix destination);

    void OnTunnelEndpoint(VxlanTunnelEndpointUpdate endpoint);

    void OnTunnelEndpointRemoved(string node);

    void OnConfiguration(FelixConfiguration configuration);

    /// <summary>The ranges of Services that BGP announces.</summary>
    void OnServiceRanges(IReadOnlyList<InternetPrefix> ranges);
}
