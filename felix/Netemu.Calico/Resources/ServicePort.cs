namespace Netemu.Calico.Resources;

/// <summary>A port of a Service and the pods' port (number or name) behind it; the node port is 0 if there is none.</summary>
public sealed record ServicePort(string Name, IPProtocol Protocol, ushort Port, PortMatch TargetPort, ushort NodePort);
