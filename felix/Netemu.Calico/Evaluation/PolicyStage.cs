namespace Netemu.Calico.Evaluation;

/// <summary>Where on a packet's way policy is asked. Workloads know the normal stage only.</summary>
public enum PolicyStage : byte
{
    /// <summary>raw: doNotTrack policies of host endpoints, before connection tracking.</summary>
    Untracked,

    /// <summary>mangle PREROUTING: preDNAT policies of host endpoints.</summary>
    PreDnat,

    /// <summary>filter: everything else.</summary>
    Normal,

    /// <summary>filter FORWARD of host endpoints: policies with applyOnForward.</summary>
    Forward,
}
