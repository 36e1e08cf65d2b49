using System.Collections.Generic;

namespace Netemu.Calico.Ipam;

/// <summary>
/// A running IPAM request. Between two steps lies one access to the store, so that requests of many hosts can be
/// interleaved at every point where a real host could be overtaken, and time can pass for each round trip.
/// </summary>
public sealed class IpamOperation
{
    private readonly IEnumerator<int> _steps;

    internal IpamOperation(IEnumerable<int> steps, IpamAssignment assignment)
    {
        _steps = steps.GetEnumerator();
        Assignment = assignment;
    }

    public IpamAssignment Assignment { get; }

    public bool IsComplete { get; private set; }

    /// <summary>Goes on to the next access to the store; false if the request has ended.</summary>
    public bool Step()
    {
        if (!IsComplete && !_steps.MoveNext())
        {
            IsComplete = true;
        }

        return !IsComplete;
    }

    public IpamAssignment RunToEnd()
    {
        while (Step())
        {
        }

        return Assignment;
    }
}
