using Netemu.Core.Diagnostics;

namespace Netemu.Topologies.Model;

/// <summary>A command line as it is typed, with its place.</summary>
public sealed record CommandSpec(string Line, SourceRange Range);
