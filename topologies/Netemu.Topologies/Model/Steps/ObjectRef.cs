using Netemu.Core.Diagnostics;

namespace Netemu.Topologies.Model.Steps;

/// <summary>An object of the store by kind and name; the API version only where kinds of the same name differ.</summary>
public sealed record ObjectRef(string? ApiVersion, string Kind, string? Namespace, string Name, SourceRange Range)
{
    public override string ToString() => Namespace is null ? $"{Kind}/{Name}" : $"{Kind}/{Namespace}/{Name}";
}
