using Netemu.Core.Addresses;
using Netemu.Engine.Devices;

namespace Netemu.Commands.Ip;

/// <summary>The words of one next hop: via, dev, weight, onlink.</summary>
internal sealed class HopRequest<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    public TAddress? Gateway { get; private set; }

    /// <summary>The IPv6 gateway of an IPv4 route ("via inet6 ADDRESS").</summary>
    public IPv6Address? ViaIPv6 { get; private set; }

    public NetDevice? Device { get; private set; }

    public int Weight { get; private set; } = 1;

    public bool OnLink { get; private set; }

    public bool IsEmpty => Gateway is null && ViaIPv6 is null && Device is null;

    public bool TryTake(string word, IpArguments arguments)
    {
        switch (word)
        {
            case "via":
                if (!arguments.AtEnd && arguments.Peek is "inet" or "inet6" && arguments.Take() == "inet6" && !FamilyView<TAddress>.IsIPv6)
                {
                    ViaIPv6 = arguments.Address<IPv6Address>();
                    return true;
                }

                Gateway = arguments.Address<TAddress>();
                return true;
            case "dev" or "oif":
                Device = arguments.Device();
                return true;
            case "weight":
                uint weight = arguments.Number("\"weight\" is invalid\n");
                if (weight is 0 or > 256)
                {
                    arguments.Invalid(weight.ToString(System.Globalization.CultureInfo.InvariantCulture), "\"weight\" is invalid\n");
                }

                Weight = (int)weight;
                return true;
            case "onlink":
                OnLink = true;
                return true;
            default:
                return false;
        }
    }
}
