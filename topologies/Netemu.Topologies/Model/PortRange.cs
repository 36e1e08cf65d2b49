namespace Netemu.Topologies.Model;

/// <summary>Transport ports from <see cref="First"/> to <see cref="Last"/>, both included.</summary>
public readonly record struct PortRange(ushort First, ushort Last)
{
    public int Count => Last - First + 1;

    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}
