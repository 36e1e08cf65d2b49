namespace Netemu.Calico.Resources;

/// <summary>A port of an endpoint that rules can name.</summary>
public readonly record struct NamedPort(string Name, IPProtocol Protocol, ushort Port);
