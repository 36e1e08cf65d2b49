namespace Netemu.Calico.Resources;

/// <summary>How a Service is reached.</summary>
public enum ServiceType : byte
{
    ClusterIP,
    NodePort,
    LoadBalancer,
    ExternalName,
}
