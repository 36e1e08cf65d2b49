using Netemu.Core.Addresses;

namespace Netemu.Calico.Ipam;

/// <summary>The outcome of trying to claim a block: null if another host has won it or there is none.</summary>
internal sealed class BlockClaim
{
    public InternetPrefix? Block { get; set; }
}
