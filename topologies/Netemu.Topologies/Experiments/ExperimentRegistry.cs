using System.Collections.Generic;

namespace Netemu.Topologies.Experiments;

/// <summary>All experiments, in the order of the help text.</summary>
public static class ExperimentRegistry
{
    public static IReadOnlyList<Experiment> All { get; } =
    [
        new MeshVsReflector(),
        new CliqueWithdrawal(),
        new MraiCurve(),
        new FatTree(),
        new Migration(),
        new PolicyScale(),
        new ServiceScale(),
        new FibScale(),
        new ArpStorm(),
        new TcpLoss(),
    ];
}
