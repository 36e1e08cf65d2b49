using System;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Binding;

/// <summary>How one kind is read.</summary>
internal sealed record ResourceBinder(bool IsNamespaced, Func<FieldReader, ObjectMetadata, Resource> Bind)
{
    /// <summary>A name for objects that may have none (the operator's single objects).</summary>
    public string? FixedName { get; init; }
}
