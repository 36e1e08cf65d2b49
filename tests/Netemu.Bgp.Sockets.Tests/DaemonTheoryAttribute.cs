using System.IO;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>As <see cref="DaemonFactAttribute"/>, for several variants.</summary>
public sealed class DaemonTheoryAttribute : TheoryAttribute
{
    public DaemonTheoryAttribute(string program, string package)
    {
        if (!File.Exists(program))
        {
            Skip = $"{program} is missing (Debian package {package})";
        }
        else if (!System.Environment.IsPrivilegedProcess)
        {
            Skip = "network namespaces need root";
        }
    }
}
