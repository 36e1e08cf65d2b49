using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Resources;

/// <summary>An object of the store: immutable, so that a watcher may keep it.</summary>
public abstract record Resource(ObjectMetadata Metadata)
{
    public abstract ResourceKind Kind { get; }

    public string Name => Metadata.Name;

    public string Namespace => Metadata.Namespace;

    public ResourceKey Key => new(Kind, Metadata.Namespace, Metadata.Name);

    /// <summary>Where the object was read from; none for those made by the emulation itself.</summary>
    public SourceRange Source { get; init; }
}
