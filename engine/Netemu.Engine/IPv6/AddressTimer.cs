using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv6;

/// <summary>The timer of one address: first for duplicate address detection, then for its lifetimes.</summary>
internal sealed class AddressTimer(IPv6Stack stack, DeviceAddress<IPv6Address> address) : TimerEntry
{
    /// <summary>Solicitations still to be sent; detection is over when none is left and the last has had its time.</summary>
    public int Probes { get; set; }

    /// <summary>What the solicitations carry, to know them when they come back (RFC 7527).</summary>
    public ulong Nonce { get; set; }

    public bool IsDetecting { get; set; }

    public override void Expire() => stack.TimerFired(address, this);
}
