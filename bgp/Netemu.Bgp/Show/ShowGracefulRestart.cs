using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>What a neighbour's page says of graceful restart (RFC 4724): the modes, the bits of the neighbour's OPEN, the times, End-of-RIB.</summary>
internal static class ShowGracefulRestart
{
    public static void Append(StringBuilder text, BgpSpeaker speaker, BgpSession session, ShowFilters filters)
    {
        List<AddressFamily> families = FamiliesOf(session);
        text.Append("  Graceful restart information:\n");
        AppendFamilies(text, "    End-of-RIB send: ", families.Where(session.HasToldEverything));
        AppendFamilies(text, "    End-of-RIB received: ", families.Where(session.HasEndOfRib));
        text.Append(CultureInfo.InvariantCulture, $"    Local GR Mode: {LocalMode(session, filters)}\n    Remote GR Mode: {RemoteMode(session)}\n");
        text.Append(CultureInfo.InvariantCulture, $"    R bit: {Has(session, BgpCapabilities.RestartState)}\n    N bit: {Has(session, BgpCapabilities.GracefulNotification)}\n");
        text.Append(CultureInfo.InvariantCulture, $"    Timers:\n      Configured Restart Time(sec): {session.Configuration.RestartTime}\n");
        text.Append(CultureInfo.InvariantCulture, $"      Received Restart Time(sec): {session.RemoteRestartTime}\n");
        foreach (AddressFamily family in families.Where(_ => Has(session, BgpCapabilities.GracefulRestart)))
        {
            text.Append(CultureInfo.InvariantCulture, $"    {ShowWords.FamilyName(family)}:\n      F bit: {ShowWords.IsForwardingPreserved(session, family)}\n");
            text.Append(CultureInfo.InvariantCulture, $"      End-of-RIB sent: {YesNo(session.HasToldEverything(family))}\n");
            text.Append(CultureInfo.InvariantCulture, $"      End-of-RIB sent after update: {YesNo(IsRestarting(session) && session.HasToldEverything(family))}\n");
            text.Append(CultureInfo.InvariantCulture, $"      End-of-RIB received: {YesNo(session.HasEndOfRib(family))}\n      Timers:\n");
            text.Append(CultureInfo.InvariantCulture, $"        Configured Stale Path Time(sec): {session.Configuration.StaleTime.Milliseconds / 1000}\n");
            text.Append(IsRestarting(session)
                ? string.Create(CultureInfo.InvariantCulture, $"        Configured Selection Deferral Time(sec): {speaker.Configuration.SelectionDeferral.Milliseconds / 1000}\n")
                : "");
        }
    }

    public static void Write(Utf8JsonWriter json, BgpSpeaker speaker, BgpSession session, ShowFilters filters)
    {
        List<AddressFamily> families = FamiliesOf(session);
        json.WriteStartObject("gracefulRestartInfo");
        WriteFamilies(json, "endOfRibSend", families.Where(session.HasToldEverything));
        WriteFamilies(json, "endOfRibRecv", families.Where(session.HasEndOfRib));
        json.WriteString("localGrMode", LocalMode(session, filters));
        json.WriteString("remoteGrMode", RemoteMode(session));
        json.WriteBoolean("rBit", Has(session, BgpCapabilities.RestartState));
        json.WriteBoolean("nBit", Has(session, BgpCapabilities.GracefulNotification));
        json.WriteStartObject("timers");
        json.WriteNumber("configuredRestartTimer", session.Configuration.RestartTime);
        json.WriteNumber("receivedRestartTimer", session.RemoteRestartTime);
        json.WriteEndObject();
        foreach (AddressFamily family in families.Where(_ => Has(session, BgpCapabilities.GracefulRestart)))
        {
            json.WriteStartObject(ShowWords.FamilyKey(family));
            json.WriteBoolean("fBit", ShowWords.IsForwardingPreserved(session, family));
            json.WriteStartObject("endOfRibStatus");
            json.WriteBoolean("endOfRibSend", session.HasToldEverything(family));
            json.WriteBoolean("endOfRibSentAfterUpdate", IsRestarting(session) && session.HasToldEverything(family));
            json.WriteBoolean("endOfRibRecv", session.HasEndOfRib(family));
            json.WriteEndObject();
            json.WriteStartObject("timers");
            json.WriteNumber("stalePathTimer", session.Configuration.StaleTime.Milliseconds / 1000);
            if (IsRestarting(session))
            {
                json.WriteNumber("selectionDeferralTimer", speaker.Configuration.SelectionDeferral.Milliseconds / 1000);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static List<AddressFamily> FamiliesOf(BgpSession session) => [.. ShowWords.ConfiguredFamilies(session).Where(session.Has)];

    private static void AppendFamilies(StringBuilder text, string name, IEnumerable<AddressFamily> families)
    {
        List<string> names = [.. families.Select(ShowWords.FamilyName)];
        text.Append(names.Count > 0 ? $"{name}{string.Join(", ", names)}\n" : "");
    }

    private static void WriteFamilies(Utf8JsonWriter json, string name, IEnumerable<AddressFamily> families)
    {
        json.WriteStartObject(name);
        foreach (AddressFamily family in families)
        {
            json.WriteBoolean(ShowWords.FamilyKey(family), true);
        }

        json.WriteEndObject();
    }

    private static bool IsRestarting(BgpSession session) => session.Configuration is { GracefulRestart: true, GracefulRestartHelperOnly: false };

    /// <summary>A mode that the neighbour's own lines do not say is the router's, and has a star.</summary>
    private static string LocalMode(BgpSession session, ShowFilters filters) =>
        (!session.Configuration.GracefulRestart ? "Disable" : IsRestarting(session) ? "Restart" : "Helper")
        + (filters.OfSession("graceful-restart") is null ? "*" : "");

    private static string RemoteMode(BgpSession session) => !session.IsEstablished ? "NotApplicable"
        : !Has(session, BgpCapabilities.GracefulRestart) ? "Disable"
        : ShowWords.RestartFamilies(session).Count > 0 ? "Restart"
        : "Helper";

    private static bool Has(BgpSession session, BgpCapabilities capability) =>
        session.IsEstablished && (session.RemoteCapabilities & capability) != 0;

    private static string YesNo(bool isSo) => isSo ? "Yes" : "No";
}
