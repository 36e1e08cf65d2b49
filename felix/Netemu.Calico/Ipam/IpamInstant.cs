using Netemu.Core.Time;

namespace Netemu.Calico.Ipam;

/// <summary>When an operation looks at a block, and how long addresses rest after they were given back.</summary>
internal readonly record struct IpamInstant(SimTime Now, Duration Cooldown);
