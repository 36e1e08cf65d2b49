using Netemu.Bgp.Updates;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>Changes of a running speaker that end no session.</summary>
public sealed partial class BgpSpeaker
{
    /// <summary>
    /// Asks the export policies about every route again (BIRD's "reload out"): what they say differently is announced or
    /// withdrawn.
    /// </summary>
    public void ReevaluateExport()
    {
        foreach (UpdateGroup group in _groups)
        {
            group.MarkAllDirty();
        }

        ScheduleFlush();
    }

    /// <summary>
    /// Sets the cluster id that this reflector adds to lists. Groups that have been told routes with the old one keep them
    /// until their sessions start anew.
    /// </summary>
    public void SetClusterId(IPv4Address id) => Configuration = Configuration with { ClusterId = id };
}
