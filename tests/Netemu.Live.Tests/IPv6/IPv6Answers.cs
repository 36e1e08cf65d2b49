using Netemu.Core.Addresses;

namespace Netemu.Live.Tests.IPv6;

/// <summary>The words for what a probe over IPv6 can see. Hop limits are left out: a raw socket does not show them.</summary>
internal static class IPv6Answers
{
    public static string Reply(InternetAddress from, int size) => $"reply from {from} size {size}";

    public static string Error(InternetAddress from, byte type, byte code, uint information) => type switch
    {
        2 => $"icmp 2/0 from {from} mtu {information}",
        4 => $"icmp 4/{code} from {from} pointer {information}",
        _ => $"icmp {type}/{code} from {from}",
    };
}
