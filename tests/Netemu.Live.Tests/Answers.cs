using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests;

/// <summary>The words for what a probe can see.</summary>
internal static class Answers
{
    public const string Timeout = "timeout";

    public static string Reply(InternetAddress from, int ttl, int size) => $"reply from {from} ttl {ttl} size {size}";

    public static string Received(string space, InternetAddress from, int size) => $"{space} received {size} from {from}";

    public static string Error(InternetAddress from, byte type, byte code, uint information) => (IcmpType)type switch
    {
        IcmpType.DestinationUnreachable when code == IcmpCode.FragmentationNeeded =>
            $"icmp {type}/{code} from {from} mtu {information & 0xFFFF}",
        IcmpType.Redirect => $"icmp {type}/{code} from {from} gateway {new IPv4Address(information)}",
        _ => $"icmp {type}/{code} from {from}",
    };
}
