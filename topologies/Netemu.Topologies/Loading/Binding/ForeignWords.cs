using System.Collections.Generic;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>What users of other tools write where this format has another word: netplan, containerlab, Docker Compose, iproute2, FRR.</summary>
internal static class ForeignWords
{
    private static readonly Dictionary<string, string[]> s_keys = new()
    {
        ["address"] = ["ip", "peer"],
        ["addresses"] = ["ip"],
        ["addr"] = ["ip"],
        ["ipv4"] = ["ip"],
        ["ipv6"] = ["ip"],
        ["hwaddr"] = ["mac"],
        ["lladdr"] = ["mac"],
        ["macaddress"] = ["mac"],
        ["gateway"] = ["via"],
        ["gw"] = ["via"],
        ["nexthop"] = ["via"],
        ["next-hop"] = ["via"],
        ["dst"] = ["to"],
        ["destination"] = ["to"],
        ["target"] = ["to"],
        ["src"] = ["from"],
        ["source"] = ["from"],
        ["latency"] = ["delay"],
        ["bandwidth"] = ["rate"],
        ["bw"] = ["rate"],
        ["speed"] = ["rate"],
        ["as"] = ["asn"],
        ["remote-as"] = ["asn"],
        ["neighbor"] = ["peer"],
        ["devices"] = ["interfaces"],
        ["command"] = ["exec"],
        ["commands"] = ["exec"],
        ["cmd"] = ["exec"],
        ["name"] = ["metadata"],
        ["topology"] = ["nodes"],
    };

    /// <summary>The one of the known keys that a word stands for elsewhere, or null.</summary>
    public static string? Find(string word, ICollection<string> keys)
    {
        foreach (string key in s_keys.GetValueOrDefault(word, []))
        {
            if (keys.Contains(key))
            {
                return key;
            }
        }

        return null;
    }
}
