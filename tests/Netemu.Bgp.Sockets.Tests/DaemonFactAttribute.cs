namespace Netemu.Bgp.Sockets.Tests;

/// <summary>A test against a real daemon in network namespaces; skipped, with the reason, where that can't be.</summary>
public sealed class DaemonFactAttribute : FactAttribute
{
    public DaemonFactAttribute(string program, string package) => Skip = DaemonSkip.Reason(program, package);
}
