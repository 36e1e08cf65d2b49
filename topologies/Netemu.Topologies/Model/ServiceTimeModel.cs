namespace Netemu.Topologies.Model;

/// <summary>What processing costs a speaker or an agent in virtual time.</summary>
public enum ServiceTimeModel : byte
{
    Zero,

    /// <summary>The model that reproduces measured daemons.</summary>
    Calibrated,
}
