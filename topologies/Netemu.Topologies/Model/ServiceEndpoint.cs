namespace Netemu.Topologies.Model;

/// <summary><c>svc:NS/NAME</c>: a Kubernetes Service by its cluster address.</summary>
public sealed record ServiceEndpoint(string Namespace, string Name) : EndpointRef
{
    public override string ToString() => $"svc:{Namespace}/{Name}";
}
