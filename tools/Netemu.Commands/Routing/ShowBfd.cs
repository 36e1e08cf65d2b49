using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Bgp.Bfd;
using Netemu.Core.Addresses;

namespace Netemu.Commands.Routing;

/// <summary>"show bfd peers [brief]" and "show bfd peer ADDRESS", as FRR's bfdd prints them.</summary>
internal static class ShowBfd
{
    /// <summary>False if the words are not known.</summary>
    /// <param name="sessions">The node's sessions, in the order of their peers.</param>
    /// <param name="command">The whole command, every word in full.</param>
    /// <param name="output">What is printed.</param>
    public static bool TryRun(IEnumerable<BfdSession> sessions, string command, StringBuilder output)
    {
        List<string> words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        bool json = words.Remove("json");
        switch (words)
        {
            case ["show", "bfd", "peers"]:
                output.Append(json ? $"[{string.Join(',', sessions.Select(Json))}]\n" : "BFD Peers:\n" + string.Concat(sessions.Select(Text)));
                return true;
            case ["show", "bfd", "peers", "brief"] when !json:
                AppendBrief([.. sessions], output);
                return true;
            case ["show", "bfd", "peer", string peer] when InternetAddress.TryParse(peer, out InternetAddress address):
                BfdSession? one = sessions.FirstOrDefault(session => session.Peer == address);
                output.Append(one is null ? "Unable to find 'peer'\n" : json ? Json(one) + "\n" : "BFD Peer:\n" + Text(one));
                return true;
            default:
                return false;
        }
    }

    private static string Text(BfdSession session)
    {
        StringBuilder text = new();
        long seconds = session.SinceLastChange.Milliseconds / 1000;
        text.Append(CultureInfo.InvariantCulture, $"\tpeer {session.Peer} vrf default\n");
        text.Append(CultureInfo.InvariantCulture, $"\t\tID: {session.Discriminator}\n\t\tRemote ID: {session.RemoteDiscriminator}\n");
        text.Append(CultureInfo.InvariantCulture, $"\t\tActive mode\n\t\tStatus: {State(session)}\n");
        text.Append(CultureInfo.InvariantCulture, $"\t\t{(session.State == BfdState.Up ? "Uptime" : "Downtime")}: {seconds} second(s)\n");
        text.Append(CultureInfo.InvariantCulture, $"\t\tDiagnostics: {Words(session.Diagnostic)}\n\t\tRemote diagnostics: {Words(session.RemoteDiagnostic)}\n");
        text.Append("\t\tPeer Type: dynamic\n");
        AppendTimers(text, "Local", session.Parameters);
        AppendTimers(text, "Remote", session.RemoteParameters);
        return text.Append('\n').ToString();
    }

    private static void AppendTimers(StringBuilder text, string whose, BfdParameters parameters)
    {
        text.Append(CultureInfo.InvariantCulture, $"\t\t{whose} timers:\n\t\t\tDetect-multiplier: {parameters.DetectMultiplier}\n");
        text.Append(CultureInfo.InvariantCulture, $"\t\t\tReceive interval: {parameters.RequiredMinRx.Milliseconds}ms\n");
        text.Append(CultureInfo.InvariantCulture, $"\t\t\tTransmission interval: {parameters.DesiredMinTx.Milliseconds}ms\n");
    }

    private static void AppendBrief(List<BfdSession> sessions, StringBuilder output)
    {
        output.Append(CultureInfo.InvariantCulture, $"Session count: {sessions.Count}\n");
        AppendRow(output, "SessionId", "LocalAddress", "PeerAddress", "Status");
        AppendRow(output, "=========", "============", "===========", "======");
        foreach (BfdSession session in sessions)
        {
            AppendRow(output, session.Discriminator.ToString(CultureInfo.InvariantCulture), "n/a", session.Peer.ToString(), State(session));
        }
    }

    private static void AppendRow(StringBuilder output, string id, string local, string peer, string status) =>
        output.Append(CultureInfo.InvariantCulture, $"{id,-10} {local,-40} {peer,-40} {status,-15}\n");

    private static string Json(BfdSession session)
    {
        (BfdParameters local, BfdParameters remote) = (session.Parameters, session.RemoteParameters);
        long seconds = session.SinceLastChange.Milliseconds / 1000;
        return string.Create(CultureInfo.InvariantCulture,
            $"{{\"multihop\":false,\"peer\":\"{session.Peer}\",\"vrf\":\"default\",\"id\":{session.Discriminator},\"remote-id\":{session.RemoteDiscriminator},")
            + string.Create(CultureInfo.InvariantCulture,
                $"\"passive-mode\":false,\"status\":\"{State(session)}\",\"{(session.State == BfdState.Up ? "uptime" : "downtime")}\":{seconds},")
            + $"\"diagnostic\":\"{Words(session.Diagnostic)}\",\"remote-diagnostic\":\"{Words(session.RemoteDiagnostic)}\","
            + string.Create(CultureInfo.InvariantCulture,
                $"\"receive-interval\":{local.RequiredMinRx.Milliseconds},\"transmit-interval\":{local.DesiredMinTx.Milliseconds},\"detect-multiplier\":{local.DetectMultiplier},")
            + string.Create(CultureInfo.InvariantCulture,
                $"\"remote-receive-interval\":{remote.RequiredMinRx.Milliseconds},\"remote-transmit-interval\":{remote.DesiredMinTx.Milliseconds},\"remote-detect-multiplier\":{remote.DetectMultiplier}}}");
    }

    private static string State(BfdSession session) => session.State.ToString().ToLowerInvariant();

    private static string Words(BfdDiagnostic diagnostic) => diagnostic switch
    {
        BfdDiagnostic.None => "ok",
        BfdDiagnostic.ControlDetectionTimeExpired => "control detection time expired",
        BfdDiagnostic.NeighborSignaledSessionDown => "neighbor signaled session down",
        BfdDiagnostic.AdministrativelyDown => "administratively down",
        _ => diagnostic.ToString(),
    };
}
