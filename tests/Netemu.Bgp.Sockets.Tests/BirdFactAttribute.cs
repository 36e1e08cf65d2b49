using System.IO;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>A test against the real BIRD in network namespaces of its own; skipped, with the reason, where that can't be.</summary>
public sealed class BirdFactAttribute : FactAttribute
{
    private const string Bird = "/usr/sbin/bird";

    public BirdFactAttribute()
    {
        if (!File.Exists(Bird))
        {
            Skip = $"{Bird} is missing (Debian package bird2)";
        }
        else if (!System.Environment.IsPrivilegedProcess)
        {
            Skip = "network namespaces need root";
        }
    }
}
