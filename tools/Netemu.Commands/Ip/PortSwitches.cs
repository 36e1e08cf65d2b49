using Netemu.Engine.Bridging;

namespace Netemu.Commands.Ip;

/// <summary>The on/off words of a bridge port, the same for `bridge link set` and `ip link set type bridge_slave`.</summary>
internal static class PortSwitches
{
    /// <summary>Takes a switch with its value; false if the word is none.</summary>
    public static bool TryTake(BridgePort port, string word, IpArguments arguments)
    {
        if (word is not ("hairpin" or "learning" or "flood" or "mcast_flood" or "bcast_flood" or "isolated" or "guard" or "root_block" or "locked"))
        {
            return false;
        }

        bool value = arguments.OnOff(word);
        if (arguments.Error is not null)
        {
            return true;
        }

        switch (word)
        {
            case "hairpin":
                port.Hairpin = value;
                break;
            case "learning":
                port.Learning = value;
                break;
            case "flood":
                port.Flood = value;
                break;
            case "mcast_flood":
                port.MulticastFlood = value;
                break;
            case "guard":
                port.BpduGuard = value;
                break;
            case "root_block":
                port.RootBlock = value;
                break;
            case "locked":
                port.Locked = value;
                break;
            case "bcast_flood":
                port.BroadcastFlood = value;
                break;
            default:
                port.Isolated = value;
                break;
        }

        return true;
    }
}
