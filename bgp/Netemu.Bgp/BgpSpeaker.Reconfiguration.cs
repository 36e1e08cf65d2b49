using Netemu.Bgp.Updates;

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
    /// The configuration that changes made one by one have come to: nothing is done about it now. Groups that have been told
    /// routes with an old cluster id keep them until their sessions start anew.
    /// </summary>
    public void NoteConfiguration(BgpSpeakerConfiguration configuration) => Configuration = configuration;
}
