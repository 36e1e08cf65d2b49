using Netemu.Core.Time;

namespace Netemu.Bgp.Pipe;

/// <summary>What one node has coming at one instant: events in the order of sending, linked by their places.</summary>
internal struct PipeTurn(PipeTransport node, SimTime due, int first)
{
    public readonly PipeTransport Node = node;
    public readonly SimTime Due = due;
    public readonly int First = first;
    public int Last = first;
}
