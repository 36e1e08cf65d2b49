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
        // Enum.CompareTo boxes both sides, and this is asked millions of times.
        if (Kind != other.Kind)
        {
            return Kind < other.Kind ? -1 : 1;
        }

        int byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    /// <summary>Kind/namespace/name, without the namespace where there is none.</summary>
    public override string ToString() => Namespace.Length == 0 ? $"{Kind}/{Name}" : $"{Kind}/{Namespace}/{Name}";
}
