namespace Netemu.Core.Wire;

/// <summary>ICMPv6 codes (RFC 4443 section 3) as constants, because each type has its own.</summary>
public static class Icmpv6Code
{
    public const byte NoRoute = 0;
    public const byte AdministrativelyProhibited = 1;
    public const byte BeyondScope = 2;
    public const byte AddressUnreachable = 3;
    public const byte PortUnreachable = 4;
    public const byte PolicyFail = 5;
    public const byte RejectRoute = 6;
    public const byte HopLimitExceeded = 0;
    public const byte ReassemblyTimeExceeded = 1;
    public const byte ErroneousHeader = 0;
    public const byte UnrecognisedNextHeader = 1;
    public const byte UnrecognisedOption = 2;

    /// <summary>The first fragment lacks headers (RFC 7112).</summary>
    public const byte IncompleteHeaderChain = 3;
}
