using Netemu.Core.Diagnostics;

namespace Netemu.Topologies.Model;

/// <summary>A setting of a namespace, as `sysctl` names it; its range is that of the name.</summary>
public sealed class SysctlSpec : Spec
{
    public required string Name { get; init; }

    public required string Value { get; init; }

    /// <summary>Where the value stands.</summary>
    public SourceRange ValueRange { get; internal set; }
}
