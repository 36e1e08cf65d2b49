using System;

namespace Netemu.Calico.Resources;

/// <summary>What names a resource; <paramref name="Namespace"/> is empty for kinds that have none.</summary>
public readonly record struct ResourceKey(ResourceKind Kind, string Namespace, string Name) : IComparable<ResourceKey>
{
    public ResourceKey(ResourceKind kind, string name)
        : this(kind, string.Empty, name)
    {
    }

    /// <summary>By kind, namespace and name, ordinally.</summary>
    public int CompareTo(ResourceKey other)
    {
        int byKind = Kind.CompareTo(other.Kind);
        if (byKind != 0)
        {
            return byKind;
        }

        int byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    /// <summary>Kind/namespace/name, without the namespace where there is none.</summary>
    public override string ToString() => Namespace.Length == 0 ? $"{Kind}/{Name}" : $"{Kind}/{Namespace}/{Name}";
}
