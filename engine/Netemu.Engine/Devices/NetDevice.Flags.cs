namespace Netemu.Engine.Devices;

/// <summary>What the administrator says of a device beside up and down (ip link set): its alias, its group and the flags of its link layer.</summary>
public abstract partial class NetDevice
{
    private bool? _isMulticast;

    /// <summary>The longest alias, in characters (IFALIASZ less the closing zero).</summary>
    public const int LongestAlias = 255;

    /// <summary>A text for people (ifalias), or null.</summary>
    public string? Alias { get; set; }

    /// <summary>The group that a command may name instead of a device (ifgroup); 0 is "default".</summary>
    public uint Group { get; set; }

    /// <summary>
    /// IFF_NOARP, set by hand: no neighbour is asked for and none is answered; what is not in the table by hand goes to the device's own
    /// MAC. A device that <see cref="UsesNeighbours">uses none</see> has the flag whatever this says.
    /// </summary>
    public bool IsNoArp { get; private set; }

    /// <summary>IFF_MULTICAST. Like Linux, the emulation sends to groups without it too.</summary>
    public bool IsMulticast
    {
        get => _isMulticast ?? IsMulticastByKind;
        set => _isMulticast = value;
    }

    /// <summary>IFF_ALLMULTI, set by hand. The emulation's devices take every group whatever it says.</summary>
    public bool IsAllMulticast { get; set; }

    /// <summary>IFF_PROMISC, set by hand; <see cref="Promiscuity"/> counts it with the other users.</summary>
    public bool IsPromiscuous { get; private set; }

    /// <summary>Whether a new device of the kind has IFF_MULTICAST.</summary>
    protected virtual bool IsMulticastByKind => !IsLoopback;

    public void SetPromiscuous(bool on)
    {
        if (IsPromiscuous != on)
        {
            IsPromiscuous = on;
            Promiscuity += on ? 1 : -1;
        }
    }

    /// <summary>Sets or clears IFF_NOARP; what was known of neighbours is forgotten, also by hand (arp_netdev_event, ndisc_netdev_event).</summary>
    public void SetNoArp(bool on)
    {
        if (IsNoArp == on)
        {
            return;
        }

        IsNoArp = on;
        Namespace.IPv4.Neighbours.Flush(this, keepPermanent: false);
        Namespace.IPv6.Neighbours.Flush(this, keepPermanent: false);
    }
}
