using System;
using System.Collections.Immutable;
using System.Globalization;
using Netemu.Engine.Bridging;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>The spanning tree words of a bridge port: cost, priority, state, with the kernel's refusals (br_setport).</summary>
internal static class PortRequest
{
    private static readonly ImmutableArray<string> States = ["disabled", "listening", "learning", "forwarding", "blocking"];

    /// <summary>Takes a word with its value; false if it is none of these. A refusal ends with <paramref name="exit"/>.</summary>
    public static bool TryTake(BridgePort port, string word, IpArguments arguments, int exit)
    {
        switch (word)
        {
            case "cost":
                uint cost = arguments.Number("cost is invalid");

                // bridge(8) does not send a cost of 0.
                Check(arguments, exit, (cost == 0 && exit == 255) || port.Bridge.SpanningTree.SetPathCost(port, (int)Math.Min(cost, int.MaxValue)));
                return true;
            case "priority":
                uint priority = arguments.Number("priority is invalid");
                Check(arguments, exit, port.Bridge.SpanningTree.SetPortPriority(port, (int)Math.Min(priority, int.MaxValue)));
                return true;
            case "group_fwd_mask" when exit != 255:
                uint mask = arguments.Number("invalid group_fwd_mask", ushort.MaxValue);

                // br_setport: MACPAUSE is the one bit that no port takes.
                if (arguments.Error is null && (mask & 0b10) != 0)
                {
                    arguments.Fail(exit, "RTNETLINK answers: Invalid argument");
                }

                port.GroupForwardMask = arguments.Error is null ? (ushort)mask : port.GroupForwardMask;
                return true;
            case "state":
                SetState(port, arguments, exit);
                return true;
            default:
                return false;
        }
    }

    private static void Check(IpArguments arguments, int exit, bool accepted)
    {
        if (arguments.Error is null && !accepted)
        {
            arguments.Fail(exit, "RTNETLINK answers: Numerical result out of range");
        }
    }

    private static void SetState(BridgePort port, IpArguments arguments, int exit)
    {
        string text = arguments.Value();
        if (arguments.Error is not null)
        {
            return;
        }

        int state = States.IndexOf(text);
        if (state < 0 && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out state))
        {
            arguments.Fail(255, "Error: invalid STP port state");
            return;
        }

        Errno errno = state >= States.Length ? Errno.EINVAL : port.Bridge.SpanningTree.SetState(port, (BridgePortState)state);
        if (errno != Errno.None)
        {
            arguments.Fail(exit, $"RTNETLINK answers: {RtnetlinkError.Describe(errno)}");
        }
    }
}
