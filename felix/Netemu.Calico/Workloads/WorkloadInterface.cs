using System;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Netemu.Calico.Workloads;

/// <summary>The host side of a pod's veth.</summary>
public static class WorkloadInterface
{
    public const string Prefix = "cali";

    /// <summary>The prefix and the first 11 hexadecimal digits of the SHA-1 of "NAMESPACE.POD".</summary>
    public static string NameOf(string inNamespace, string pod)
    {
        byte[] name = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{inNamespace}.{pod}"));
#pragma warning disable CA5350 // SHA-1 is what Calico uses here, for a name and not for security.
        return Prefix + Convert.ToHexStringLower(SHA1.HashData(name))[..11];
#pragma warning restore CA5350
    }
}
