namespace Netemu.Topologies.Running;

/// <summary>Frames at a device that differ only in checksums, IP identification and payload.</summary>
public sealed record FrameCount(string Device, bool Outgoing, long Count, string Line, string Hex);
