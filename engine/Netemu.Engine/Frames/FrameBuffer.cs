namespace Netemu.Engine.Frames;

/// <summary>The bytes of a frame, shared by its clones; <see cref="References"/> counts the frames that look at them.</summary>
internal sealed class FrameBuffer(int size, int sizeClass)
{
    internal readonly byte[] Bytes = new byte[size];
    internal readonly int SizeClass = sizeClass;
    internal int References;
}
