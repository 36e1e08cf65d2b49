namespace Netemu.Calico.Resources;

/// <summary>A Service whose endpoints a rule means; the namespace is null for the policy's own.</summary>
public sealed record ServiceMatch(string Name, string? Namespace);
