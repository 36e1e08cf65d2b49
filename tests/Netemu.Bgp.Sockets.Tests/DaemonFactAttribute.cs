using System.IO;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>A test against a real daemon in network namespaces; skipped, with the reason, where that can't be.</summary>
public sealed class DaemonFactAttribute : FactAttribute
{
    public DaemonFactAttribute(string program, string package)
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
