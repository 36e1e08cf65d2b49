using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Engine.Dhcp;

/// <summary>
/// What a server knows of one client: the address that is offered or leased, and until when. A client is its identifier, or
/// its hardware address if it names none (RFC 2131 section 2).
/// </summary>
public sealed class DhcpLease
{
    internal DhcpLease(string client, IPv4Address address, MacAddress mac)
    {
        Client = client;
        Address = address;
        Mac = mac;
    }

    /// <summary>The client identifier in hex, or "mac:" and the hardware address.</summary>
    public string Client { get; }

    public IPv4Address Address { get; internal set; }

    public MacAddress Mac { get; internal set; }

    public SimTime Expires { get; internal set; }

    /// <summary>False while it is only offered.</summary>
    public bool IsBound { get; internal set; }
}
