namespace Netemu.Topologies.Expectations;

/// <summary>Whether something is so.</summary>
public sealed class ObservedBoolean(bool value) : ObservedValue
{
    public bool Value { get; } = value;
}
