namespace Netemu.Topologies.Running;

/// <summary>Why a run ended.</summary>
public enum RunEnding : byte
{
    /// <summary>It came to where it was to run: its time, or the end of its steps and convergence.</summary>
    Reached,

    /// <summary>The limit of virtual time came before convergence.</summary>
    TimeLimit,

    FrameLimit,

    Interrupted,

    /// <summary>A start-up command failed.</summary>
    CommandFailed,
}
