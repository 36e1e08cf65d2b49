namespace Netemu.Engine.Tests.Tcp;

/// <summary>Tests that weigh the managed heap: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(MemoryCollection), DisableParallelization = true)]
public sealed class MemoryCollection;
