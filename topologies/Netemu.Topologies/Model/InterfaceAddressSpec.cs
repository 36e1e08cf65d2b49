using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>An address of an interface with the length of its on-link prefix: 10.1.0.1/24.</summary>
public readonly record struct InterfaceAddressSpec(InternetAddress Address, int Length)
{
    /// <summary>The connected prefix.</summary>
    public InternetPrefix Prefix => new(Address, Length);

    public override string ToString() => $"{Address}/{Length}";
}
