namespace Netemu.Cli.Graphs;

/// <summary>A cable or pair of a picture, with the devices at its ends.</summary>
internal sealed record GraphEdge(string From, string To, string FromDevice, string ToDevice);
