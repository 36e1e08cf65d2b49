using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Bgp.Bmp;
using Netemu.Core.Time;

namespace Netemu.Bgp.Show;

/// <summary>"show bmp": the monitoring stations by their targets, and what each has been told.</summary>
public static class ShowBmp
{
    public static string Text(BgpSpeaker speaker)
    {
        StringBuilder text = new("BMP state for BGP VRF default:\n");
        foreach (IGrouping<string, BmpClient> targets in (speaker.Monitor?.Clients ?? []).GroupBy(client => client.Station.Name))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  Targets \"{targets.Key}\":\n");
            BmpFeeds feeds = targets.First().Station.Feeds;
            AppendFeed(text, feeds, BmpFeeds.IPv4PrePolicy, "IPv4 unicast pre-policy");
            AppendFeed(text, feeds, BmpFeeds.IPv4PostPolicy, "IPv4 unicast post-policy");
            AppendFeed(text, feeds, BmpFeeds.IPv6PrePolicy, "IPv6 unicast pre-policy");
            AppendFeed(text, feeds, BmpFeeds.IPv6PostPolicy, "IPv6 unicast post-policy");
            text.Append("\n    Outbound connections:\n");
            AppendRow(text, "remote", "state", "", "timer", "local");
            foreach (BmpClient client in targets)
            {
                AppendConnection(text, speaker, client);
            }

            List<BmpClient> up = [.. targets.Where(client => client.IsConnected)];
            text.Append(CultureInfo.InvariantCulture, $"\n    {up.Count} connected clients:\n");
            AppendRow(text, "remote", "uptime", "MonSent", "ByteSent", "ByteQ");
            foreach (BmpClient client in up)
            {
                AppendRow(
                    text, Remote(client), Elapsed(speaker.Scheduler.Now - client.ConnectedSince!.Value),
                    Number(client.RoutesSent), Number(client.BytesSent), Number(client.Waiting.Bytes));
            }
        }

        return text.ToString();
    }

    private static void AppendFeed(StringBuilder text, BmpFeeds feeds, BmpFeeds feed, string name) =>
        text.Append((feeds & feed) != 0 ? $"    Route Monitoring {name}\n" : "");

    private static void AppendConnection(StringBuilder text, BgpSpeaker speaker, BmpClient client)
    {
        if (client.ConnectedSince is { } since)
        {
            AppendRow(
                text, Remote(client), "Up", client.Station.Address.ToString(), Elapsed(speaker.Scheduler.Now - since), client.LocalAddress.ToString());
        }
        else if (client.NextAttempt is { } next)
        {
            AppendRow(text, Remote(client), "RetryWait", "", Elapsed(next - speaker.Scheduler.Now), "");
        }
        else
        {
            AppendRow(text, Remote(client), "Connecting", "", "", "");
        }
    }

    private static void AppendRow(StringBuilder text, string first, string second, string third, string fourth, string fifth) =>
        text.Append($"      {first,-22}{second,-12}{third,-18}{fourth,-10}{fifth}".TrimEnd()).Append('\n');

    private static string Remote(BmpClient client) => client.Station.Address.IsIPv6
        ? $"[{client.Station.Address}]:{Number(client.Station.Port)}"
        : $"{client.Station.Address}:{Number(client.Station.Port)}";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Elapsed(Duration time)
    {
        long seconds = time.Milliseconds / 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}");
    }
}
