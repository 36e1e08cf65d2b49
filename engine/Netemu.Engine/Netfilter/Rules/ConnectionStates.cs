using System;

namespace Netemu.Engine.Netfilter.Rules;

/// <summary>The states that `--ctstate` can ask for (XT_CONNTRACK_STATE_*).</summary>
[Flags]
public enum ConnectionStates : byte
{
    None = 0,
    Invalid = 1,
    Established = 2,
    Related = 4,
    New = 8,
    SourceTranslated = 16,
    DestinationTranslated = 32,
    Untracked = 64,
}
