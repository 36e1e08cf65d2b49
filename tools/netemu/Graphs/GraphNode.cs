using System.Collections.Generic;

namespace Netemu.Cli.Graphs;

/// <summary>A node or namespace of a picture, with "device address" lines.</summary>
internal sealed record GraphNode(string Name, string Kind, IReadOnlyList<string> Addresses);
