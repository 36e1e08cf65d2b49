using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Topologies.Experiments.Labs;

namespace Netemu.Topologies.Experiments;

/// <summary>An iBGP full mesh over emulated TCP: racks of 20 machines behind routers, Calico's timers, prefixes from the start.</summary>
public sealed class TcpMeshScenario
{
    private readonly EmulatedLab _lab = new(seed: 1);
    private readonly int _routes;

    public TcpMeshScenario(int nodes, int prefixesPerNode)
    {
        MeshVsReflector.AddSpeakers(s => _lab.AddRouter(s), new ClosedForms(nodes, 0, prefixesPerNode), equalIds: true, flat: false);
        Racks.Connect(_lab, flat: false);
        for (int i = 0; i < nodes; i++)
        {
            _lab.Speakers[i].Networks.AddRange(MeshPhases.NetworksOf(i, prefixesPerNode));
        }

        _routes = nodes * prefixesPerNode;
    }

    public ulong Hash => _lab.Hash;

    /// <summary>UPDATEs with routes that all have received.</summary>
    public long Updates => _lab.Tally.Updates;

    public long Packets => _lab.Packets;

    public SimTime Now => _lab.Now;

    /// <summary>Runs until every speaker has every route; false if that takes over two minutes of virtual time.</summary>
    public bool RunToConvergence()
    {
        ExperimentContext context = new(static () => false, static () => 0);
        _lab.Start();
        return _lab.RunUntil(
            context,
            Duration.FromSeconds(120),
            () => _lab.Speakers.All(s => s.Speaker!.RouteCount(AddressFamily.IPv4) == _routes));
    }
}
