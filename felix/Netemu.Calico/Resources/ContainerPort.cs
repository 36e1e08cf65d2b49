namespace Netemu.Calico.Resources;

/// <summary>A port that a container declares; the name may be empty, the host port 0.</summary>
public readonly record struct ContainerPort(string Name, IPProtocol Protocol, ushort Port, ushort HostPort);
