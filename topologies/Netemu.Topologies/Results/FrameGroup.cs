namespace Netemu.Topologies.Results;

/// <summary>
/// Frames of one device and direction that differ only in checksums, IP id and payload. <see cref="Hex"/> is the first one.
/// </summary>
public sealed record FrameGroup(string Device, bool Inbound, long Count, string Line, string Hex);
