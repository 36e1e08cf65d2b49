namespace Netemu.Topologies.Model;

/// <summary><c>pod:NS/NAME</c>.</summary>
public sealed record PodEndpoint(string Namespace, string Name) : EndpointRef
{
    public override string ToString() => $"pod:{Namespace}/{Name}";
}
