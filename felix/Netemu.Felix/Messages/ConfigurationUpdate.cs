using Netemu.Calico.Resources;

namespace Netemu.Felix.Messages;

/// <summary>Felix's settings for this node, always complete; defaults until one is written.</summary>
public sealed record ConfigurationUpdate(FelixConfiguration Configuration) : DataplaneMessage;
