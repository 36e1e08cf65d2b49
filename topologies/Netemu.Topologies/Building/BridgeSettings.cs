using Netemu.Core.Diagnostics;
using Netemu.Core.Time;
using Netemu.Engine.Bridging;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Building;

/// <summary>Gives a bridge what its specification says; what the kernel would refuse is an error at its place in the file.</summary>
internal static class BridgeSettings
{
    public static void Apply(BridgeDevice bridge, BridgeOptions options, string name, SourceRange range, DiagnosticBag diagnostics)
    {
        if (options.Ageing is { } ageing)
        {
            bridge.Fdb.SetAgeingTime(ageing);
        }

        BridgeVlans.Apply(bridge, options);
        if (options.MulticastSnooping == true)
        {
            diagnostics.Unsupported(
                BuildCode.UnsupportedOption, $"IGMP and MLD snooping of the bridge '{name}' is not supported: multicast is flooded", range);
        }

        if (options is { Stp: null, Priority: null, ForwardDelay: null, HelloTime: null, MaxAge: null })
        {
            return;
        }

        SpanningTree tree = bridge.SpanningTree;
        if (options.Priority is { } priority)
        {
            tree.SetPriority((ushort)priority);
        }

        tree.SetEnabled(options.Stp == true);
        Set("forward-delay", options.ForwardDelay, tree.SetForwardDelay);
        Set("hello-time", options.HelloTime, tree.SetHelloTime);
        Set("max-age", options.MaxAge, tree.SetMaximumAge);

        void Set(string word, Duration? time, System.Func<Duration, bool> set)
        {
            if (time is { } value && !set(value))
            {
                diagnostics.Error(BuildCode.OutOfRange, $"{word} of the bridge '{name}' cannot be {value} (802.1D: {Range(word)})", range);
            }
        }
    }

    private static string Range(string word) => word switch
    {
        "forward-delay" => "2s to 30s",
        "hello-time" => "1s to 10s",
        _ => "6s to 40s",
    };
}
