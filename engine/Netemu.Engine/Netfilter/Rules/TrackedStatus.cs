using System;

namespace Netemu.Engine.Netfilter.Rules;

/// <summary>What `--ctstatus` asks of a connection (IPS_*).</summary>
[Flags]
public enum TrackedStatus : byte
{
    /// <summary>NONE: no status is set.</summary>
    None = 0,
    Expected = 1,
    SeenReply = 2,
    Assured = 4,
    Confirmed = 8,
}
