namespace Netemu.Engine.Netfilter.Rules;

/// <summary>What REJECT answers with (`--reject-with`), for both families.</summary>
public enum RejectType : byte
{
    PortUnreachable,
    NetUnreachable,
    HostUnreachable,
    ProtocolUnreachable,
    NetProhibited,
    HostProhibited,
    AdministrativelyProhibited,

    /// <summary>IPv6 only: no route to destination.</summary>
    NoRoute,

    /// <summary>IPv6 only: address unreachable.</summary>
    AddressUnreachable,

    /// <summary>IPv6 only: the source failed a policy (RFC 4443 section 3.1).</summary>
    PolicyFail,

    /// <summary>IPv6 only: the route rejects.</summary>
    RejectRoute,

    TcpReset,
}
