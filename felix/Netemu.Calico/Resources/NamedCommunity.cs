namespace Netemu.Calico.Resources;

/// <summary>A BGP community, "asn:value" or "asn:value:value", under a name.</summary>
public sealed record NamedCommunity(string Name, string Value);
