using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Felix.Rendering;

/// <summary>A device of the host's own network, with its addresses: host endpoints are found by either.</summary>
public sealed record HostDevice(string Name, IReadOnlyList<InternetAddress> Addresses);
