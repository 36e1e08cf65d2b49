namespace Netemu.Topologies.Expectations;

/// <summary>A count or a size.</summary>
public sealed class ObservedNumber(long value) : ObservedValue
{
    public long Number { get; } = value;
}
