using Netemu.Bgp.Sessions;

namespace Netemu.Bgp;

/// <summary>
/// A graceful restart of this speaker (RFC 4724 section 4.1): routes are taken in, and selected, installed and announced
/// once every neighbour has sent End-of-RIB or the deferral is over.
/// </summary>
public sealed partial class BgpSpeaker
{
    /// <summary>Looks whether the selection can be made; a session has come up, gone down, or sent End-of-RIB.</summary>
    internal void ReconsiderDeferral()
    {
        if (!IsRestarting)
        {
            return;
        }

        foreach (BgpSession? session in _sessions)
        {
            if (session is not null && !session.HasSentEverything)
            {
                return;
            }
        }

        // Not inside the message at hand: what else it holds belongs to the selection.
        Scheduler.Schedule(_deferralTimer, Scheduler.Now);
    }

    /// <summary>Makes the selection and tells everybody.</summary>
    private void EndDeferral()
    {
        Scheduler.Cancel(_deferralTimer);
        if (!IsRestarting)
        {
            return;
        }

        IsRestarting = false;
        Services.RouteSink?.RestartEnding();
        Flush();
        Services.RouteSink?.RestartEnded();
        foreach (BgpSession session in Neighbors)
        {
            session.BeginAdvertising();
        }
    }
}
