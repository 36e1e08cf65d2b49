namespace Netemu.Topologies.Running;

/// <summary>The BGP part of a result: sessions, messages and routes of all speakers together.</summary>
public sealed record BgpCounts(long Sessions, long Established, long UpdatesSent, long UpdatesReceived, long Routes);
