using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Time;
using Netemu.Engine.Bridging;

namespace Netemu.Commands.Ip;

/// <summary>
/// The words behind `type bridge`, in the kernel's order of application (br_changelink). Times are in units of USER_HZ,
/// 10 ms. What the bridge does not do can be asked to stay off, not to be on.
/// </summary>
internal sealed class BridgeRequest
{
    private Duration? _ageing;
    private bool? _vlanFiltering;
    private int? _defaultPvid;
    private Duration? _forwardDelay;
    private Duration? _helloTime;
    private Duration? _maximumAge;
    private bool? _spanningTree;
    private ushort? _priority;
    private ushort? _groupForwardMask;
    private bool? _noLinkLocalLearn;

    public void Take(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        string word = arguments.Take();
        switch (word)
        {
            case "ageing_time":
                _ageing = Time(arguments, word);
                break;
            case "vlan_filtering":
                _vlanFiltering = arguments.Number("invalid vlan_filtering") != 0;
                break;
            case "vlan_default_pvid":
                _defaultPvid = (int)arguments.Number("invalid vlan_default_pvid");
                if (_defaultPvid > 4094)
                {
                    arguments.Fail(2, "RTNETLINK answers: Invalid argument");
                }

                break;
            case "forward_delay":
                _forwardDelay = Time(arguments, word);
                break;
            case "hello_time":
                _helloTime = Time(arguments, word);
                break;
            case "max_age":
                _maximumAge = Time(arguments, word);
                break;
            case "stp_state":
                _spanningTree = Number(arguments, word, byte.MaxValue) != 0;
                break;
            case "priority":
                _priority = (ushort)Number(arguments, word, ushort.MaxValue);
                break;
            case "group_fwd_mask":
                uint mask = arguments.Number("invalid group_fwd_mask", ushort.MaxValue);
                _groupForwardMask = (ushort)mask;
                break;
            case "no_linklocal_learn":
                _noLinkLocalLearn = Number(arguments, word, byte.MaxValue) != 0;
                break;
            case "mcast_snooping":
                if (Number(arguments, word, byte.MaxValue) != 0)
                {
                    arguments.Fail(2, $"RTNETLINK answers: Operation not supported\nhint: {word} is always 0 here");
                }

                break;
            default:
                arguments.Fail(255, $"bridge: unknown command \"{word}\"?{context.Hint("link add type bridge", word)}");
                break;
        }
    }

    /// <summary>Changes the bridge up to the first word that the kernel refuses; null if it takes all.</summary>
    public CommandResult? Apply(BridgeDevice bridge)
    {
        if ((_forwardDelay is { } delay && !bridge.SpanningTree.SetForwardDelay(delay))
            || (_helloTime is { } hello && !bridge.SpanningTree.SetHelloTime(hello))
            || (_maximumAge is { } age && !bridge.SpanningTree.SetMaximumAge(age)))
        {
            return RtnetlinkError.OutOfRange;
        }

        if (_ageing is { } ageing)
        {
            if (bridge.SpanningTreeOrNull is { } tree)
            {
                tree.SetAgeingTime(ageing);
            }
            else
            {
                bridge.Fdb.SetAgeingTime(ageing);
            }
        }

        if (_spanningTree is { } enabled && (enabled || bridge.SpanningTreeOrNull is not null))
        {
            bridge.SpanningTree.SetEnabled(enabled);
        }

        if (_priority is { } priority)
        {
            bridge.SpanningTree.SetPriority(priority);
        }

        if (_groupForwardMask is { } mask && !bridge.SetGroupForwardMask(mask))
        {
            return RtnetlinkError.InvalidArgument;
        }

        bridge.NoLinkLocalLearn = _noLinkLocalLearn ?? bridge.NoLinkLocalLearn;
        if (_defaultPvid is { } pvid)
        {
            bridge.SetDefaultPvid(pvid);
        }

        if (_vlanFiltering is { } on)
        {
            bridge.SetVlanFiltering(on);
        }

        return null;
    }

    private static Duration Time(IpArguments arguments, string word) =>
        Duration.FromMilliseconds(10L * Number(arguments, word, uint.MaxValue));

    /// <summary>A number up to what the attribute holds; iproute2 complains without the empty line that others have.</summary>
    private static uint Number(IpArguments arguments, string word, uint maximum)
    {
        string text = arguments.Value();
        if (arguments.Error is null
            && (!uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint parsed) || parsed > maximum))
        {
            arguments.Fail(255, $"Error: argument \"{text}\" is wrong: invalid {word}");
        }

        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value) ? value : 0;
    }
}
