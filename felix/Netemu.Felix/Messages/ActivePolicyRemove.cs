using Netemu.Calico.Resources;

namespace Netemu.Felix.Messages;

/// <summary>No endpoint of this node is selected by the policy any more.</summary>
public sealed record ActivePolicyRemove(ResourceKey Policy) : DataplaneMessage;
