using System;

namespace Netemu.Felix.Rendering;

/// <summary>The words of `-m conntrack --ctstate`.</summary>
[Flags]
public enum ConntrackStates : byte
{
    None = 0,
    Invalid = 1,
    New = 2,
    Established = 4,
    Related = 8,
    Untracked = 16,
    Dnat = 32,
}
