using System;
using System.Security.Cryptography;
using System.Text;
using Netemu.Calico.Resources;

namespace Netemu.Felix.Rendering;

/// <summary>Felix's chain names. A name that is too long for the kernel becomes its prefix, '_' and a digest.</summary>
public static class ChainNames
{
    public const string Forward = "cali-FORWARD";
    public const string Input = "cali-INPUT";
    public const string Output = "cali-OUTPUT";
    public const string Prerouting = "cali-PREROUTING";
    public const string Postrouting = "cali-POSTROUTING";
    public const string FromWorkloadDispatch = "cali-from-wl-dispatch";
    public const string ToWorkloadDispatch = "cali-to-wl-dispatch";
    public const string WorkloadToHost = "cali-wl-to-host";
    public const string FromHostEndpoint = "cali-from-host-endpoint";
    public const string ToHostEndpoint = "cali-to-host-endpoint";
    public const string FromHostForward = "cali-from-hep-forward";
    public const string ToHostForward = "cali-to-hep-forward";
    public const string CidrBlock = "cali-cidr-block";
    public const string FailsafeIn = "cali-failsafe-in";
    public const string FailsafeOut = "cali-failsafe-out";
    public const string NatOutgoing = "cali-nat-outgoing";
    public const string FloatingDnat = "cali-fip-dnat";
    public const string FloatingSnat = "cali-fip-snat";
    public const string ReversePathSkip = "cali-rpf-skip";

    /// <summary>The interface part of the chains of a host endpoint for all interfaces.</summary>
    public const string AnyInterface = "any-interface-at-all";

    /// <summary>XT_EXTENSION_MAXNAMELEN is 29 with the final zero.</summary>
    private const int MaximumLength = 28;

    public static string ToWorkload(string device) => Limit("cali-tw-", device);

    public static string FromWorkload(string device) => Limit("cali-fw-", device);

    public static string ToHost(string device) => Limit("cali-th-", device);

    public static string FromHost(string device) => Limit("cali-fh-", device);

    public static string ToHostForwardOf(string device) => Limit("cali-thfw-", device);

    public static string FromHostForwardOf(string device) => Limit("cali-fhfw-", device);

    public static string Policy(ResourceKey policy, PolicyDirection direction)
    {
        string kind = policy.Kind switch
        {
            ResourceKind.NetworkPolicy => "np",
            ResourceKind.GlobalNetworkPolicy => "gnp",
            _ => "knp",
        };
        string id = policy.Namespace.Length == 0 ? $"{kind}/{policy.Name}" : $"{kind}/{policy.Namespace}/{policy.Name}";
        return Limit(direction == PolicyDirection.Ingress ? "cali-pi-" : "cali-po-", id);
    }

    public static string Profile(string profile, PolicyDirection direction) =>
        Limit(direction == PolicyDirection.Ingress ? "cali-pri-" : "cali-pro-", profile);

    public static string Group(string content, PolicyDirection direction) =>
        Limit(direction == PolicyDirection.Ingress ? "cali-gi-" : "cali-go-", Digest(content));

    /// <summary>Calico's hashutil.GetLengthLimitedID.</summary>
    public static string Limit(string prefix, string suffix)
    {
        if (prefix.Length + suffix.Length <= MaximumLength && !suffix.StartsWith('_'))
        {
            return prefix + suffix;
        }

        return $"{prefix}_{Digest(suffix)[..(MaximumLength - 1 - prefix.Length)]}";
    }

    private static string Digest(string content) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))
            .TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
