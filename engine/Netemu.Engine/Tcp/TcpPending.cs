using System;

namespace Netemu.Engine.Tcp;

/// <summary>What the owner of a connection has not been told yet.</summary>
[Flags]
internal enum TcpPending : byte
{
    None = 0,
    Connected = 1,
    Readable = 2,
    Writable = 4,
    Closed = 8,
}
