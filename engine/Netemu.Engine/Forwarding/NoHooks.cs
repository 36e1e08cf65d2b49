using Netemu.Engine.Links;

namespace Netemu.Engine.Forwarding;

/// <summary>Nothing is hooked in where packets are forwarded.</summary>
internal readonly struct NoHooks : IRunHooks
{
    public int Peek(LinkChannel channel, int count) => count;

    public bool TryPass(int index, long now) => true;

    public void Count(int packets, long bytes)
    {
    }
}
