using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Netemu.Bgp.Bfd;

namespace Netemu.Commands.Routing;

/// <summary>"show bfd peers", as FRR's bfdd prints it.</summary>
internal static class ShowBfd
{
    public static string Peers(IEnumerable<BfdSession> sessions, bool json)
    {
        StringBuilder text = new(json ? "[" : "BFD Peers:\n");
        bool first = true;
        foreach (BfdSession session in sessions)
        {
            string state = session.State.ToString().ToLowerInvariant();
            if (json)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"{(first ? "" : ",")}{{\"peer\":\"{session.Peer}\",\"id\":{session.Discriminator},\"remote-id\":{session.RemoteDiscriminator},\"status\":\"{state}\",\"diagnostic\":\"{Words(session.Diagnostic)}\"}}");
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\tpeer {session.Peer} vrf default\n");
                text.Append(CultureInfo.InvariantCulture, $"\t\tID: {session.Discriminator}\n\t\tRemote ID: {session.RemoteDiscriminator}\n");
                text.Append(CultureInfo.InvariantCulture, $"\t\tActive mode\n\t\tStatus: {state}\n");
                text.Append(CultureInfo.InvariantCulture, $"\t\tDiagnostics: {Words(session.Diagnostic)}\n\t\tRemote diagnostics: {Words(session.RemoteDiagnostic)}\n\n");
            }

            first = false;
        }

        return text.Append(json ? "]\n" : "").ToString();
    }

    private static string Words(BfdDiagnostic diagnostic) => diagnostic switch
    {
        BfdDiagnostic.None => "ok",
        BfdDiagnostic.ControlDetectionTimeExpired => "control detection time expired",
        BfdDiagnostic.NeighborSignaledSessionDown => "neighbor signaled session down",
        BfdDiagnostic.AdministrativelyDown => "administratively down",
        _ => diagnostic.ToString(),
    };
}
