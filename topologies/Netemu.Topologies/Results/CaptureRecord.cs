namespace Netemu.Topologies.Results;

/// <summary>A capture file and how many frames it holds.</summary>
public sealed record CaptureRecord(string File, long Frames);
