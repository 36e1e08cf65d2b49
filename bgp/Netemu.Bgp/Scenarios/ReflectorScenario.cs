namespace Netemu.Bgp.Scenarios;

/// <summary>
/// One route reflector, the first speaker, with N clients that announce K prefixes each: every client parses its own copy
/// of every UPDATE that is reflected to it.
/// </summary>
public sealed class ReflectorScenario : PipeScenario
{
    /// <param name="clients">How many clients.</param>
    /// <param name="prefixesPerClient">How many /26 blocks each announces.</param>
    /// <param name="seed">The jitter of the timers derives from it.</param>
    public ReflectorScenario(int clients, int prefixesPerClient, long seed = 1)
        : base(prefixesPerClient, BgpTimers.Of(TimerProfile.CalicoBird), seed)
    {
        BgpNeighborConfiguration peer = new() { RemoteAs = AsNumber };
        BgpNeighborConfiguration client = peer with { RouteReflectorClient = true };
        BgpSpeaker reflector = AddSpeaker("rr");
        for (int i = 1; i <= clients; i++)
        {
            reflector.AddNeighbor(new BgpNeighbor(AddressOf(i), client));
            BgpSpeaker speaker = AddSpeaker($"n{i}");
            speaker.AddNeighbor(new BgpNeighbor(AddressOf(0), peer));
            Announcers.Add(speaker);
        }
    }
}
