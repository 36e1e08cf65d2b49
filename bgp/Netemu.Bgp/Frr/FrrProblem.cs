namespace Netemu.Bgp.Frr;

/// <summary>A line of an FRR configuration that is not understood, with where it stands.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">What is wrong.</param>
public readonly record struct FrrProblem(int Line, int Column, string Message);
