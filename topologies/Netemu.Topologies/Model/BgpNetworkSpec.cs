using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>A prefix that the speaker originates.</summary>
public sealed class BgpNetworkSpec : Spec
{
    public InternetPrefix Prefix { get; internal set; }

    /// <summary>The policy that sets its attributes.</summary>
    public string? Policy { get; internal set; }
}
