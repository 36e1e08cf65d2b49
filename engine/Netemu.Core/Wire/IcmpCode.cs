namespace Netemu.Core.Wire;

/// <summary>ICMP codes (RFC 792, RFC 1812 section 5.2.7.1) as constants, because each type has its own.</summary>
public static class IcmpCode
{
    public const byte NetUnreachable = 0;
    public const byte HostUnreachable = 1;
    public const byte ProtocolUnreachable = 2;
    public const byte PortUnreachable = 3;
    public const byte FragmentationNeeded = 4;
    public const byte SourceRouteFailed = 5;
    public const byte NetProhibited = 9;
    public const byte HostProhibited = 10;
    public const byte AdministrativelyProhibited = 13;
    public const byte TtlExceeded = 0;
    public const byte ReassemblyTimeExceeded = 1;
    public const byte RedirectHost = 1;
}
