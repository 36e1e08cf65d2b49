using Netemu.Engine.Edges;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Building;

/// <summary>A device that the file attaches to the real kernel, and what the file says of the kernel's side.</summary>
public sealed record HostEdge(EdgeDevice Device, InterfaceSpec Specification);
