using System;
using System.Collections.Generic;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>What users of other tools write where this format has another word: netplan, containerlab, Docker Compose, iproute2, FRR.</summary>
internal static class ForeignWords
{
    /// <summary>The one of the known keys that a word stands for elsewhere, or null.</summary>
    public static string? Find(string word, ICollection<string> keys) => Array.Find(KeysFor(word), keys.Contains);

    private static string[] KeysFor(string word) => word switch
    {
        "address" => ["ip", "peer"],
        "addresses" or "addr" or "ipv4" or "ipv6" => ["ip"],
        "hwaddr" or "lladdr" or "macaddress" => ["mac"],
        "gateway" or "gw" or "nexthop" or "next-hop" => ["via"],
        "dst" or "destination" or "target" => ["to"],
        "src" or "source" => ["from"],
        "latency" => ["delay"],
        "bandwidth" or "bw" or "speed" => ["rate"],
        "as" or "remote-as" => ["asn"],
        "neighbor" => ["peer"],
        "devices" => ["interfaces"],
        "command" or "commands" or "cmd" => ["exec"],
        "name" => ["metadata"],
        "topology" => ["nodes"],
        _ => [],
    };
}
