using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>An address, whoever owns it.</summary>
public sealed record AddressEndpoint(InternetAddress Address) : EndpointRef
{
    public override string ToString() => Address.ToString();
}
