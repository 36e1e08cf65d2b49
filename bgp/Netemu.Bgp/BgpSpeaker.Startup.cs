using Netemu.Bgp.Updates;
using Netemu.Core.Time;

namespace Netemu.Bgp;

/// <summary>The MULTI_EXIT_DISC of a router that has just started.</summary>
public sealed partial class BgpSpeaker
{
    private readonly CallbackTimer _startupTimer;
    private bool _isStartupOver;

    /// <summary>True while all that is sent has a MULTI_EXIT_DISC of the start, or of the operator.</summary>
    internal bool SendsMaximumMed => Configuration.MaximumMed is not null || _startupTimer.IsArmed;

    /// <summary>The configuration as export has it: with the MULTI_EXIT_DISC that holds now.</summary>
    internal BgpSpeakerConfiguration ExportConfiguration => Configuration is { MaximumMed: null, StartupMed: { } startup } && _startupTimer.IsArmed
        ? Configuration with { MaximumMed = startup.Med }
        : Configuration;

    /// <summary>The first session has come up. It happens once in the life of a speaker.</summary>
    private void BeginStartup()
    {
        if (Configuration.StartupMed is { } startup && !_isStartupOver && !_startupTimer.IsArmed)
        {
            Scheduler.Schedule(_startupTimer, Scheduler.Now + startup.Time);
        }
    }

    private void EndStartup()
    {
        _isStartupOver = true;
        foreach (UpdateGroup group in _groups)
        {
            group.ExportAgain();
        }

        Flush();
    }

    /// <summary>The line may have gone from the configuration; what began with it is over then.</summary>
    private void ChangeStartup()
    {
        if (Configuration.StartupMed is null && _startupTimer.IsArmed)
        {
            Scheduler.Cancel(_startupTimer);
            _isStartupOver = true;
        }
    }
}
