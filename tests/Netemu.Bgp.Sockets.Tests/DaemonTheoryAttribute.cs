namespace Netemu.Bgp.Sockets.Tests;

/// <summary>As <see cref="DaemonFactAttribute"/>, for several variants.</summary>
public sealed class DaemonTheoryAttribute : TheoryAttribute
{
    public DaemonTheoryAttribute(string program, string package) => Skip = DaemonSkip.Reason(program, package);
}
