namespace Netemu.Calico.Resources;

/// <summary>A protocol (TCP where none is written), and a port or range if not every port counts.</summary>
public sealed record KubernetesPolicyPort(IPProtocol Protocol, PortMatch? Port);
