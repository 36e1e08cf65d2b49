namespace Netemu.Topologies.Model;

/// <summary>Routes of other origins that a speaker announces.</summary>
public enum BgpRedistribution : byte
{
    Connected,
    Static,
    Kernel,
}
