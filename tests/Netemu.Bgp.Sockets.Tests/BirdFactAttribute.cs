namespace Netemu.Bgp.Sockets.Tests;

/// <summary>
/// A test against the real BIRD in network namespaces of its own; skipped, with the reason, where that can't be.
/// </summary>
public sealed class BirdFactAttribute : FactAttribute
{
    public BirdFactAttribute() => Skip = DaemonSkip.Reason("/usr/sbin/bird", "bird2");
}
