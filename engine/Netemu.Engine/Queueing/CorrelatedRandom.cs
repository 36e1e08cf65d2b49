using Netemu.Core.Randomness;

namespace Netemu.Engine.Queueing;

/// <summary>
/// Random numbers of 32 bits of which each depends on the one before by a share (get_crandom of net/sched/sch_netem.c).
/// Each use has a stream of its own, so that switching loss on does not change the delays.
/// </summary>
internal sealed class CorrelatedRandom(RandomSource source)
{
    private uint _last;

    public uint Next(uint correlation)
    {
        uint value = source.NextUInt32();
        if (correlation == 0)
        {
            return value;
        }

        ulong rho = (ulong)correlation + 1;
        uint answer = (uint)(((value * ((1UL << 32) - rho)) + (_last * rho)) >> 32);
        _last = answer;
        return answer;
    }

    /// <summary>True with the share given; never for 0.</summary>
    public bool Hits(uint share, uint correlation) => share != 0 && share >= Next(correlation);

    public uint Below(int exclusive) => (uint)source.NextBelow(exclusive);
}
