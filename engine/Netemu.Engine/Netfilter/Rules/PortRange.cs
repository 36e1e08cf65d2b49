namespace Netemu.Engine.Netfilter.Rules;

/// <summary>Ports from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
public readonly record struct PortRange(ushort First, ushort Last)
{
    public static PortRange Of(int port) => new((ushort)port, (ushort)port);

    public bool Contains(ushort port) => port >= First && port <= Last;

    /// <summary>`80` or `80:90`.</summary>
    public override string ToString() => First == Last ? $"{First}" : $"{First}:{Last}";
}
