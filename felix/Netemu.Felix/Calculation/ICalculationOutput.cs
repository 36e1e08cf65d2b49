using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>What the calculation nodes find out, in the order in which they do; a sequencer makes messages of it.</summary>
internal interface ICalculationOutput : IMemberOutput
{
    void OnIPSetAdded(string id, IPSetType type);

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

    void OnHostAddress(string node, InternetAddress address);

    void OnHostAddressRemoved(string node, AddressFamily family);

    void OnConfiguration(FelixConfiguration configuration);
}
