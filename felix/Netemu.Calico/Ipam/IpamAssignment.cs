using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Ipam;

/// <summary>What a request got so far.</summary>
public sealed class IpamAssignment
{
    private readonly List<InternetAddress> _addresses = [];

    public IReadOnlyList<InternetAddress> Addresses => _addresses;

    /// <summary>How many of the addresses lie in a block of another host.</summary>
    public int Borrowed { get; internal set; }

    public IpamError Error { get; internal set; }

    /// <summary>Comparisons that another host's write made fail.</summary>
    public int Conflicts { get; internal set; }

    internal void Add(IEnumerable<InternetAddress> addresses) => _addresses.AddRange(addresses);
}
