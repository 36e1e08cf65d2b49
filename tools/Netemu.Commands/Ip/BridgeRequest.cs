using Netemu.Core.Time;
using Netemu.Engine.Bridging;

namespace Netemu.Commands.Ip;

/// <summary>The words behind `type bridge`. What the bridge does not do can be asked to stay off, not to be on.</summary>
internal sealed class BridgeRequest
{
    private Duration? _ageing;
    private bool? _vlanFiltering;
    private int? _defaultPvid;

    public void Take(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        string word = arguments.Take();
        switch (word)
        {
            case "ageing_time":
                // In units of USER_HZ, 10 ms.
                _ageing = Duration.FromMilliseconds(10L * arguments.Number("invalid ageing_time"));
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
            case "stp_state" or "mcast_snooping":
                if (arguments.Number($"invalid {word}") != 0)
                {
                    arguments.Fail(2, $"RTNETLINK answers: Operation not supported\nhint: {word} is always 0 here");
                }

                break;
            case "forward_delay" or "hello_time" or "max_age" or "priority":
                arguments.Number($"invalid {word}");
                break;
            default:
                arguments.Fail(255, $"bridge: unknown command \"{word}\"?{context.Hint("link add type bridge", word)}");
                break;
        }
    }

    public void Apply(BridgeDevice bridge)
    {
        bridge.Fdb.AgeingTime = _ageing ?? bridge.Fdb.AgeingTime;
        if (_defaultPvid is { } pvid)
        {
            bridge.SetDefaultPvid(pvid);
        }

        if (_vlanFiltering is { } on)
        {
            bridge.SetVlanFiltering(on);
        }
    }
}
