namespace Netemu.Commands.Traffic;

/// <summary>Which discipline is to stand where.</summary>
internal readonly record struct QdiscRequest(string Kind, uint Handle, uint Parent);
