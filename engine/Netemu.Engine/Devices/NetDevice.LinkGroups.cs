using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Devices;

/// <summary>
/// Link-layer groups that were asked for by hand (SIOCADDMULTI, dev_mc_add_global). The emulation's devices take every group
/// there is, so they change only what is shown.
/// </summary>
public abstract partial class NetDevice
{
    private List<MacAddress>? _linkGroups;

    /// <summary>The groups, in the order in which they were added; each once.</summary>
    public IReadOnlyList<MacAddress> LinkGroups => _linkGroups ?? [];

    /// <summary>Any address will do, and a second time does nothing; EINVAL for a device without filters (no ndo_set_rx_mode).</summary>
    public Errno AddLinkGroup(MacAddress address)
    {
        if (!HasLinkGroups)
        {
            return Errno.EINVAL;
        }

        _linkGroups ??= [];
        if (!_linkGroups.Contains(address))
        {
            _linkGroups.Add(address);
        }

        return Errno.None;
    }

    /// <summary>ENOENT for what was not added by hand, whoever else listens to it.</summary>
    public Errno RemoveLinkGroup(MacAddress address) =>
        !HasLinkGroups ? Errno.EINVAL
        : _linkGroups?.Remove(address) == true ? Errno.None
        : Errno.ENOENT;

    private bool HasLinkGroups => !IsLoopback && HasLinkLayer;
}
