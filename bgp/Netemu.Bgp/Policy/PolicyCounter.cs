namespace Netemu.Bgp.Policy;

/// <summary>Counts for people how often something was asked; it decides nothing.</summary>
public sealed class PolicyCounter
{
    public long Count { get; private set; }

    internal static void Increment(PolicyCounter? counter)
    {
        if (counter is not null)
        {
            counter.Count++;
        }
    }
}
