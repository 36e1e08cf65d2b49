namespace Netemu.Calico.Resources;

/// <summary>What happens to the next hop towards a peer.</summary>
public enum NextHopMode : byte
{
    /// <summary>BIRD's rule: self on eBGP, unchanged on iBGP.</summary>
    Auto,
    Self,
    Keep,
}
