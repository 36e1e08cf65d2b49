using Netemu.Core.Diagnostics;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>
/// A name in the file that must name something: checked when everything is bound. <see cref="Role"/> begins the finding:
/// "link endpoint".
/// </summary>
internal sealed record Reference(ReferenceKind Kind, string Role, string Text, SourceRange Range)
{
    public EndpointRef? Endpoint { get; init; }

    public DeviceRef? Device { get; init; }

    /// <summary>The namespace that a local name belongs to, and its node.</summary>
    public NamespaceSpec? Namespace { get; init; }

    public NodeSpec? Node { get; init; }
}
