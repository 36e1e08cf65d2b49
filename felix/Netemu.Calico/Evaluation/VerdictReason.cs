namespace Netemu.Calico.Evaluation;

/// <summary>What decided.</summary>
public enum VerdictReason : byte
{
    /// <summary>A rule of a policy.</summary>
    PolicyRule,

    /// <summary>Policies of a tier selected the endpoint and none decided.</summary>
    EndOfTier,

    /// <summary>A rule of a profile.</summary>
    ProfileRule,

    /// <summary>No profile's rule matched.</summary>
    NoProfileMatched,

    /// <summary>The connection was accepted before.</summary>
    Established,

    /// <summary>Connection tracking cannot place the packet.</summary>
    InvalidState,

    /// <summary>A failsafe port of a host endpoint.</summary>
    Failsafe,

    /// <summary>A workload sent VXLAN or IPIP itself.</summary>
    EncapsulatedByWorkload,

    /// <summary>The stage has no policy for the endpoint, or none that decided: the packet goes on.</summary>
    NotPoliced,
}
