namespace Netemu.Topologies.Building;

/// <summary>What came of setting a sysctl.</summary>
public enum SysctlOutcome : byte
{
    Done,
    UnknownName,
    BadValue,
}
