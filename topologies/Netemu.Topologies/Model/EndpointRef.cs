namespace Netemu.Topologies.Model;

/// <summary>The end of a conversation or the place of a command, as a topology file names it.</summary>
public abstract record EndpointRef;
