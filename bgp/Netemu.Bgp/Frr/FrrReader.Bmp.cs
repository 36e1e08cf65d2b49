using Netemu.Bgp.Bmp;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Frr;

/// <content>Monitoring stations: "bmp targets NAME" under "router bgp", and what stands in it.</content>
public sealed partial class FrrReader
{
    private const uint LongestMilliseconds = 86_400_000;

    private FrrBmpTargets? _targets;

    private bool ReadBmpTargetsLine(FrrWords words, bool negated)
    {
        string name = words.Next();
        FrrBmpTargets? known = Router.BmpTargets.Find(targets => targets.Name == name);
        if (negated)
        {
            return known is not null && Router.BmpTargets.Remove(known);
        }

        if (known is null)
        {
            known = new FrrBmpTargets(name);
            Router.BmpTargets.Add(known);
        }

        _targets = known;
        return Leave(Context.BmpTargets);
    }

    /// <summary>A line of the targets; one that they do not know belongs to the router.</summary>
    private bool ReadBmpTargets(FrrWords words, bool negated)
    {
        if (words.Take("bmp", "connect"))
        {
            ReadBmpConnect(words, negated);
            return true;
        }

        if (words.Take("bmp", "monitor"))
        {
            ReadBmpMonitor(words, negated);
            return true;
        }

        if (words.Take("bmp", "stats"))
        {
            uint interval = words.Take("interval") ? words.Number(100, LongestMilliseconds) : 60_000;
            _targets!.StatisticsInterval = negated ? Duration.Zero : Duration.FromMilliseconds(interval);
            return true;
        }

        _context = Context.Router;
        return ReadRouter(words, negated) || !Leave(Context.BmpTargets);
    }

    private void ReadBmpConnect(FrrWords words, bool negated)
    {
        InternetAddress address = words.Address();
        if (!words.Take("port"))
        {
            throw new FrrSyntaxException("'port N' is missing");
        }

        ushort port = (ushort)words.Number(1, ushort.MaxValue);
        BmpStation station = new(address, port) { Name = _targets!.Name };
        string? source = null;
        while (!words.AtEnd)
        {
            if (words.Take("min-retry"))
            {
                station = station with { MinimumRetry = Duration.FromMilliseconds(words.Number(100, LongestMilliseconds)) };
            }
            else if (words.Take("max-retry"))
            {
                station = station with { MaximumRetry = Duration.FromMilliseconds(words.Number(100, LongestMilliseconds)) };
            }
            else if (words.Take("source-interface"))
            {
                source = words.Next();
            }
            else
            {
                throw new FrrSyntaxException($"'{words.Peek}' is not expected here");
            }
        }

        _targets.Stations.RemoveAll(other => other.Address == address && other.Port == port);
        _targets.Sources.Remove((address, port));
        if (negated)
        {
            return;
        }

        _targets.Stations.Add(station);
        if (source is not null)
        {
            _targets.Sources.Add((address, port), source);
        }
    }

    private void ReadBmpMonitor(FrrWords words, bool negated)
    {
        bool ipv6 = words.Take("ipv6");
        if ((!ipv6 && !words.Take("ipv4")) || !words.Take("unicast"))
        {
            throw new FrrSyntaxException($"'{words.Peek}' is not supported: ipv4 unicast or ipv6 unicast");
        }

        BmpFeeds feed = words.Take("pre-policy") ? ipv6 ? BmpFeeds.IPv6PrePolicy : BmpFeeds.IPv4PrePolicy
            : words.Take("post-policy") ? ipv6 ? BmpFeeds.IPv6PostPolicy : BmpFeeds.IPv4PostPolicy
            : throw new FrrSyntaxException($"'{words.Peek}' is not supported: pre-policy or post-policy");
        _targets!.Feeds = negated ? _targets.Feeds & ~feed : _targets.Feeds | feed;
    }
}
