using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>"interface NAME": its addresses, with their lengths, and whether it is shut down.</summary>
public sealed class FrrInterface
{
    public List<(InternetAddress Address, int Length)> Addresses { get; } = [];

    internal FrrOtherLines OtherLines { get; } = [];

    public bool IsShutdown { get; internal set; }
}
