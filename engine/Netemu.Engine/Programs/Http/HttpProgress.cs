namespace Netemu.Engine.Programs.Http;

/// <summary>How far an exchange has got.</summary>
public enum HttpProgress : byte
{
    /// <summary>No connection yet.</summary>
    Connecting,

    /// <summary>Connected, nothing answered yet (or ever: an empty reply).</summary>
    Connected,

    /// <summary>What came was no HTTP.</summary>
    Malformed,

    /// <summary>The answer's head is there.</summary>
    Answered,

    /// <summary>The answer ended before it was complete.</summary>
    Cut,

    /// <summary>All of it.</summary>
    Complete,
}
