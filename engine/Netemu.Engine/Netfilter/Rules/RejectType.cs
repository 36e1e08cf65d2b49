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

    TcpReset,
}
