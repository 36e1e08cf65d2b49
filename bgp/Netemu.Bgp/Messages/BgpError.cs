namespace Netemu.Bgp.Messages;

/// <summary>
/// What is wrong with a message: code and subcode of the NOTIFICATION, the severity, and where in the message the
/// data field of the NOTIFICATION is found. The default value is "nothing".
/// </summary>
public readonly record struct BgpError(BgpErrorCode Code, byte Subcode, ErrorSeverity Severity)
{
    public static BgpError None => default;

    public bool IsError => Severity != ErrorSeverity.None;

    /// <summary>The type code of the path attribute at fault, or 0.</summary>
    public byte Attribute { get; init; }

    /// <summary>Offset in the message, header included, of what the NOTIFICATION quotes.</summary>
    public ushort DataOffset { get; init; }

    /// <summary>Length of what the NOTIFICATION quotes; 0 for no data.</summary>
    public ushort DataLength { get; init; }

    public static BgpError Header(byte subcode, int offset, int length) =>
        new(BgpErrorCode.MessageHeader, subcode, ErrorSeverity.SessionReset)
        {
            DataOffset = (ushort)offset,
            DataLength = (ushort)length,
        };

    public static BgpError Open(byte subcode) => new(BgpErrorCode.OpenMessage, subcode, ErrorSeverity.SessionReset);

    public static BgpError Update(byte subcode, ErrorSeverity severity = ErrorSeverity.SessionReset) =>
        new(BgpErrorCode.UpdateMessage, subcode, severity);

    public static BgpError Cease(byte subcode) => new(BgpErrorCode.Cease, subcode, ErrorSeverity.SessionReset);

    /// <summary>The graver of two errors; the first at equal severity.</summary>
    public static BgpError Graver(BgpError first, BgpError second) => second.Severity > first.Severity ? second : first;

    public override string ToString() => IsError ? $"{Code}/{Subcode} ({Severity})" : "none";
}
