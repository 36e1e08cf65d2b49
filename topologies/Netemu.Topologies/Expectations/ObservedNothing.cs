namespace Netemu.Topologies.Expectations;

/// <summary>Nothing was seen.</summary>
public sealed class ObservedNothing : ObservedValue
{
    public static ObservedNothing Instance { get; } = new();
}
