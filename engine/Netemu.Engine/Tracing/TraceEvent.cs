using Netemu.Core.Time;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Tracing;

/// <summary>
/// One decision on a traced packet: when, in which namespace, at which device, at which stage, and what was decided.
/// <paramref name="Branch"/> is 0 for the packet itself and counts its clones.
/// </summary>
public readonly record struct TraceEvent(
    SimTime Time, string Namespace, string? Device, TraceStage Stage, string Detail, DropReason Drop, int Branch);
