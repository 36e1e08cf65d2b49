namespace Netemu.Bgp;

/// <summary>What a speaker is to an external neighbour (RFC 9234 section 4.1); the value of the capability plus one.</summary>
public enum BgpRole : byte
{
    None,
    Provider,
    RouteServer,
    RouteServerClient,
    Customer,
    Peer,
}
