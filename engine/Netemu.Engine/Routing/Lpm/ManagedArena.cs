using System;

namespace Netemu.Engine.Routing.Lpm;

/// <summary>Arrays of the managed heap.</summary>
public sealed class ManagedArena : IArena
{
    public static ManagedArena Instance { get; } = new();

    public T[] Allocate<T>(int length)
        where T : unmanaged => GC.AllocateUninitializedArray<T>(length);
}
