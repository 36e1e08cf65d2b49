using System.Globalization;
using System.Text;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Show;

/// <summary>"show bgp neighbors ADDRESS log": what happened to a session, the oldest first, and why.</summary>
public static class ShowSessionLog
{
    public static string Text(SessionLog log, InternetAddress peer)
    {
        StringBuilder text = new();
        foreach (SessionLogEntry entry in log.Of(peer))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Seconds(entry.At),12} {Describe(entry)}\n");
        }

        return text.Length > 0 ? text.ToString() : "% No events\n";
    }

    public static string Json(SessionLog log, InternetAddress peer) => ShowJson.Write(json =>
    {
        json.WriteStartArray();
        foreach (SessionLogEntry entry in log.Of(peer))
        {
            json.WriteStartObject();
            json.WriteString("time", Seconds(entry.At));
            json.WriteString("event", Describe(entry));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string Describe(SessionLogEntry entry) => entry.Kind switch
    {
        SessionLogKind.StateChanged => string.Create(
            CultureInfo.InvariantCulture, $"{entry.From} -> {entry.To} ({entry.Cause}){Reason(entry.Why)}"),
        SessionLogKind.NotificationSent => $"NOTIFICATION sent: {ShowWords.Error(entry.Error)}",
        SessionLogKind.NotificationReceived => $"NOTIFICATION received: {ShowWords.Error(entry.Error)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"UPDATE error: {entry.Error}, attribute {entry.Error.Attribute}"),
    };

    private static string Reason(NotEstablishedReason why) =>
        ShowWords.Why(why) is { Length: > 0 } words ? $": {words}" : "";

    private static string Seconds(SimTime at)
    {
        long microseconds = (at - SimTime.Zero).Nanoseconds / 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000_000}.{microseconds % 1_000_000:d6}");
    }
}
