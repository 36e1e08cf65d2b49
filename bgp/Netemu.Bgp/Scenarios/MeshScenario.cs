namespace Netemu.Bgp.Scenarios;

/// <summary>
/// An iBGP full mesh of N speakers with K prefixes each: every speaker has N-1 sessions, and parses its own copy of every
/// UPDATE. It is Calico's mesh: of two speakers the one with the greater address connects, and the other one waits. All of
/// them start at one instant and have no jitter, so that the whole mesh takes each step together.
/// </summary>
public sealed class MeshScenario : PipeScenario
{
    private static readonly BgpTimers s_timers = BgpTimers.Of(TimerProfile.CalicoBird) with { Jitter = false };

    /// <param name="nodes">How many speakers.</param>
    /// <param name="prefixesPerNode">How many /26 blocks each announces.</param>
    public MeshScenario(int nodes, int prefixesPerNode)
        : base(prefixesPerNode, s_timers)
    {
        BgpNeighborConfiguration active = new() { RemoteAs = AsNumber };
        BgpNeighborConfiguration passive = active with { Passive = true };
        for (int i = 0; i < nodes; i++)
        {
            BgpSpeaker speaker = AddSpeaker($"n{i}");
            speaker.ReserveNeighbors(nodes - 1);
            for (int j = 0; j < nodes; j++)
            {
                if (j != i)
                {
                    speaker.AddNeighbor(new BgpNeighbor(AddressOf(j), j < i ? active : passive));
                }
            }

            Announcers.Add(speaker);
        }
    }
}
