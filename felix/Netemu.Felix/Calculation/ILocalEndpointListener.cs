using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;

namespace Netemu.Felix.Calculation;

/// <summary>Hears of the endpoints of one node, with the labels that they have by themselves and by their profiles.</summary>
internal interface ILocalEndpointListener
{
    void UpdateLocalEndpoint(ResourceKey key, LabelledEndpoint endpoint, LabelSet labels);

    void RemoveLocalEndpoint(ResourceKey key);
}
