using Netemu.Core.Time;

namespace Netemu.Bgp.Pipe;

/// <summary>What one node has coming at one instant: events in the order of sending, in rows of places (<see cref="PipeQueue"/>).</summary>
internal struct PipeTurn(int node, SimTime due, int first)
{
    public readonly SimTime Due = due;

    /// <summary>The node's number.</summary>
    public readonly int Node = node;

    /// <summary>The place of the first event.</summary>
    public readonly int First = first;

    /// <summary>The place of the newest one.</summary>
    public int Last = first;
}
