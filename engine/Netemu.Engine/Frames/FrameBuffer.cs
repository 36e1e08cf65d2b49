namespace Netemu.Engine.Frames;

/// <summary>The bytes of a frame, shared by its clones: a piece of a slab.</summary>
/// <param name="bytes">The slab.</param>
/// <param name="start">Where the piece begins: at the beginning of a cache line, unless the piece is the whole array.</param>
/// <param name="sizeClass">The index of its size.</param>
internal sealed class FrameBuffer(byte[] bytes, int start, int sizeClass)
{
    internal readonly byte[] Bytes = bytes;
    internal readonly int Start = start;
    internal readonly int SizeClass = sizeClass;

    /// <summary>How many frames look at it.</summary>
    internal int References;
}
