using Netemu.Core.Time;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Edges;

/// <summary>What virtual time is tied to: a wall clock. Without one a run is as fast as the machine.</summary>
public interface IPace
{
    /// <summary>
    /// Called between windows: polls the edges, and waits until there is work that is due, until
    /// <paramref name="end"/>, or for a moment. Returns the instant up to which the emulation may run now, at most
    /// <paramref name="end"/>; it is never ahead of the clock.
    /// </summary>
    SimTime Advance(Emulation emulation, SimTime end);
}
