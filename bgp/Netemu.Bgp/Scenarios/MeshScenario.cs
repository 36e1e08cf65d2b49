namespace Netemu.Bgp.Scenarios;

/// <summary>
/// An iBGP full mesh of N speakers with K prefixes each: every speaker has N-1 sessions, and parses its own copy of every
/// UPDATE.
/// </summary>
public sealed class MeshScenario : PipeScenario
{
    /// <param name="nodes">How many speakers.</param>
    /// <param name="prefixesPerNode">How many /26 blocks each announces.</param>
    /// <param name="seed">The jitter of the timers derives from it.</param>
    public MeshScenario(int nodes, int prefixesPerNode, long seed = 1)
        : base(prefixesPerNode, seed)
    {
        BgpNeighborConfiguration peer = new() { RemoteAs = AsNumber };
        for (int i = 0; i < nodes; i++)
        {
            BgpSpeaker speaker = AddSpeaker($"n{i}");
            speaker.ReserveNeighbors(nodes - 1);
            for (int j = 0; j < nodes; j++)
            {
                if (j != i)
                {
                    speaker.AddNeighbor(new BgpNeighbor(AddressOf(j), peer));
                }
            }

            Announcers.Add(speaker);
        }
    }
}
