using System;
using Netemu.Live.Tests.Engine;
using Netemu.Live.Tests.Kernel;

namespace Netemu.Live.Tests;

/// <summary>Opens the network that a scenario is given.</summary>
internal static class ScenarioNetwork
{
    public static IScenarioNetwork Open(NetworkKind kind) => kind switch
    {
        NetworkKind.Engine => new EngineNetwork(),
        NetworkKind.Kernel => new KernelNetwork(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
