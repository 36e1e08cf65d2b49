namespace Netemu.Engine.Routing.Lpm;

/// <summary>
/// Where large tables get their arrays from. They are ordinary arrays, so that reading them costs nothing extra; an edge
/// may hand out pinned ones whose pages it has asked the kernel to make huge.
/// </summary>
public interface IArena
{
    /// <summary>An array whose content is undefined.</summary>
    T[] Allocate<T>(int length)
        where T : unmanaged;
}
