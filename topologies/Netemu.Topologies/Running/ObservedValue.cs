namespace Netemu.Topologies.Running;

/// <summary>What a step has seen: a scalar, a mapping or a sequence.</summary>
public abstract class ObservedValue
{
    private protected ObservedValue()
    {
    }
}
