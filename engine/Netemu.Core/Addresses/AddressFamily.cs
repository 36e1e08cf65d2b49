namespace Netemu.Core.Addresses;

/// <summary>The Internet address family, numbered as in the IANA address family registry (BGP's AFI).</summary>
public enum AddressFamily : byte
{
    IPv4 = 1,
    IPv6 = 2,
}
