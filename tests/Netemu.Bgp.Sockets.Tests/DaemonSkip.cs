using System;
using System.IO;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>Why a test against a real daemon in network namespaces can't run here.</summary>
internal static class DaemonSkip
{
    /// <summary>The reason, or null if it can.</summary>
    public static string? Reason(string program, string package) =>
        !File.Exists(program) ? $"{program} is missing (Debian package {package})"
        : !Environment.IsPrivilegedProcess ? "network namespaces need root"
        : null;
}
