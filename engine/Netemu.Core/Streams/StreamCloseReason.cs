namespace Netemu.Core.Streams;

/// <summary>Why a byte stream ended, or why it never began.</summary>
public enum StreamCloseReason : byte
{
    /// <summary>The other side closed (FIN).</summary>
    EndOfStream,

    /// <summary>The other side reset an established stream (RST; ECONNRESET).</summary>
    Reset,

    /// <summary>Nothing listens there (RST to a SYN; ECONNREFUSED).</summary>
    Refused,

    /// <summary>No answer (ETIMEDOUT).</summary>
    TimedOut,

    /// <summary>No route, or an ICMP error said so (EHOSTUNREACH, ENETUNREACH).</summary>
    Unreachable,

    /// <summary>The administrator ended it (SOCK_DESTROY, as <c>ss -K</c> asks for; ECONNABORTED).</summary>
    Aborted,

    /// <summary>The node or the network went away under it.</summary>
    Destroyed,
}
