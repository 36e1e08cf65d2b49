namespace Netemu.Topologies.Model;

/// <summary>How a policy term ends.</summary>
public enum BgpPolicyAction : byte
{
    Accept,
    Reject,

    /// <summary>Apply the changes and try the next term.</summary>
    Next,
}
