using System.Collections.Generic;

namespace Netemu.Topologies.Model;

/// <summary>A confederation (RFC 5065) as one of its members sees it.</summary>
public sealed class BgpConfederationSpec : Spec
{
    /// <summary>The AS that the world outside sees.</summary>
    public uint Identifier { get; internal set; }

    /// <summary>The other member ASes among the neighbours.</summary>
    public IReadOnlyList<uint> Members { get; internal set; } = [];
}
