using System.Collections.Generic;
using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>The words of `ip nexthop add`, `replace`, `del` and `get` (ipnh_modify).</summary>
internal sealed class NexthopRequest
{
    public uint Id { get; private set; }

    public InternetAddress? Gateway { get; private set; }

    public NetDevice? Device { get; private set; }

    public bool OnLink { get; private set; }

    public bool IsBlackhole { get; private set; }

    /// <summary>The members of a group by id, with their weights; null for a single next hop.</summary>
    public IReadOnlyList<(uint Id, int Weight)>? Members { get; private set; }

    public bool IsResilient { get; private set; }

    public int BucketCount { get; private set; }

    public Duration? IdleTime { get; private set; }

    public Duration? UnbalancedTime { get; private set; }

    public RouteProtocol Protocol { get; private set; }

    public AddressFamily Family => Gateway is { IsIPv6: true } ? AddressFamily.IPv6 : AddressFamily.IPv4;

    public void Take(string word, IpContext context)
    {
        IpArguments arguments = context.Arguments;
        switch (word)
        {
            case "id":
                Id = arguments.Number("invalid id value");
                break;
            case "dev":
                Device = arguments.Device();
                break;
            case "via":
                TakeGateway(arguments);
                break;
            case "onlink":
                OnLink = true;
                break;
            case "blackhole":
                IsBlackhole = true;
                break;
            case "group":
                TakeGroup(arguments);
                break;
            case "type":
                string type = arguments.Value();
                IsResilient = type == "resilient";
                if (type is not ("resilient" or "mpath"))
                {
                    arguments.Invalid(type, "\"type\" value is invalid\n");
                }

                break;
            case "buckets":
                BucketCount = (int)arguments.Number("invalid buckets value");
                break;
            case "idle_timer":
                IdleTime = Duration.FromSeconds(arguments.Number("invalid idle timer value"));
                break;
            case "unbalanced_timer":
                UnbalancedTime = Duration.FromSeconds(arguments.Number("invalid unbalanced timer value"));
                break;
            case "proto" or "protocol":
                string name = arguments.Value();
                if (!RouteNames.TryProtocol(name, out RouteProtocol protocol))
                {
                    arguments.Invalid(name, "\"protocol\" value is invalid\n");
                }

                Protocol = protocol;
                break;
            default:
                arguments.Fail(255, $"Error: argument \"{word}\" is wrong: {context.Hint("nexthop add", word)}");
                break;
        }
    }

    private void TakeGateway(IpArguments arguments)
    {
        string text = arguments.Value();
        if (text is "inet" or "inet6")
        {
            text = arguments.Value();
        }

        if (arguments.Error is not null)
        {
            return;
        }

        if (!InternetAddress.TryParse(text, out InternetAddress gateway))
        {
            arguments.Fail(1, $"Error: any valid address is expected rather than \"{text}\".");
        }

        Gateway = gateway;
    }

    /// <summary>"1,3/2,5": ids with their weights.</summary>
    private void TakeGroup(IpArguments arguments)
    {
        string text = arguments.Value();
        List<(uint, int)> members = [];
        foreach (string part in text.Split('/'))
        {
            string[] words = part.Split(',');
            if (words.Length > 2
                || !uint.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint id)
                || !int.TryParse(words.Length > 1 ? words[1] : "1", NumberStyles.None, CultureInfo.InvariantCulture, out int weight)
                || weight is < 1 or > 65_536)
            {
                arguments.Invalid(text, "\"group\" value is invalid\n");
                return;
            }

            members.Add((id, weight));
        }

        Members = members;
    }
}
