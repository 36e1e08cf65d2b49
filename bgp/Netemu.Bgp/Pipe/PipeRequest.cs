namespace Netemu.Bgp.Pipe;

/// <summary>What is special about a connection that is being opened; most have none of it.</summary>
/// <param name="Local">The number of the address that it comes from.</param>
/// <param name="Md5Key">Its key; null without.</param>
internal sealed record PipeRequest(int Local, string? Md5Key);
