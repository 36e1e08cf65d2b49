namespace Netemu.Bgp.Messages;

/// <summary>Subcodes of NOTIFICATION messages, by error code; 0 is "unspecific" everywhere.</summary>
public static class BgpErrorSubcode
{
    public const byte Unspecific = 0;

    // Message header errors (RFC 4271 section 6.1).
    public const byte ConnectionNotSynchronized = 1;
    public const byte BadMessageLength = 2;
    public const byte BadMessageType = 3;

    // OPEN errors (RFC 4271 section 6.2; 7 is RFC 5492's).
    public const byte UnsupportedVersion = 1;
    public const byte BadPeerAs = 2;
    public const byte BadBgpIdentifier = 3;
    public const byte UnsupportedOptionalParameter = 4;
    public const byte UnacceptableHoldTime = 6;
    public const byte UnsupportedCapability = 7;

    /// <summary>RFC 9234 section 4.2.</summary>
    public const byte RoleMismatch = 11;

    // UPDATE errors (RFC 4271 section 6.3).
    public const byte MalformedAttributeList = 1;
    public const byte UnrecognizedWellKnownAttribute = 2;
    public const byte MissingWellKnownAttribute = 3;
    public const byte AttributeFlagsError = 4;
    public const byte AttributeLengthError = 5;
    public const byte InvalidOrigin = 6;
    public const byte InvalidNextHop = 8;
    public const byte OptionalAttributeError = 9;
    public const byte InvalidNetworkField = 10;
    public const byte MalformedAsPath = 11;

    // Finite state machine errors (RFC 6608).
    public const byte UnexpectedInOpenSent = 1;
    public const byte UnexpectedInOpenConfirm = 2;
    public const byte UnexpectedInEstablished = 3;

    // Cease (RFC 4486; 9 is RFC 8538's, 10 RFC 9384's).
    public const byte MaximumPrefixesReached = 1;
    public const byte AdministrativeShutdown = 2;
    public const byte PeerDeconfigured = 3;
    public const byte AdministrativeReset = 4;
    public const byte ConnectionRejected = 5;
    public const byte OtherConfigurationChange = 6;
    public const byte ConnectionCollisionResolution = 7;
    public const byte OutOfResources = 8;
    public const byte HardReset = 9;
    public const byte BfdDown = 10;

    // ROUTE-REFRESH errors (RFC 7313 section 5).
    public const byte InvalidMessageLength = 1;
}
