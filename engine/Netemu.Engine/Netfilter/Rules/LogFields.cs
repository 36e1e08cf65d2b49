using System;

namespace Netemu.Engine.Netfilter.Rules;

/// <summary>What LOG writes beside addresses and ports (NF_LOG_*).</summary>
[Flags]
public enum LogFields : byte
{
    None = 0,
    TcpSequence = 1,
    TcpOptions = 2,
    IPOptions = 4,

    /// <summary>The sender's user; everybody is root here.</summary>
    Uid = 8,
    MacDecode = 32,
}
