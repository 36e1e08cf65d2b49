using System;
using Netemu.Core.Addresses;

namespace Netemu.Topologies.Loading;

/// <summary>What may be a name of a node, a namespace or a device.</summary>
internal static class NameRules
{
    /// <summary>IFNAMSIZ without its terminating zero.</summary>
    public const int LongestDevice = 15;

    private const int LongestName = 253;

    /// <summary>Letters, digits, '-', '_' and '.', as a host name has them.</summary>
    public static bool IsName(string text)
    {
        if (text.Length is 0 or > LongestName || text is "." or ".." || text[0] == '-')
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Why a node cannot have a name, or null.</summary>
    public static string? NodeFault(string name) => name switch
    {
        "pod" or "svc" => "'pod:' and 'svc:' begin the names of pods and services",
        _ when InternetAddress.TryParse(name, out _) => "it would be taken for an address",
        _ => IsName(name) ? null : "a name has letters, digits, '-', '_' and '.'",
    };

    /// <summary>Why a device cannot have a name (dev_valid_name in net/core/dev.c), or null.</summary>
    public static string? DeviceFault(string name)
    {
        if (name.Length > LongestDevice)
        {
            return $"a device's name has at most {LongestDevice} characters";
        }

        if (name.Length == 0 || name is "." or ".." || name.AsSpan().IndexOfAny("/: \t\n") >= 0)
        {
            return "a device's name has no '/', ':' or space";
        }

        return null;
    }
}
