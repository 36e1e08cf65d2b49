namespace Netemu.Engine.Queueing;

/// <summary>The counters of fq_codel beside those of every discipline (tc_fq_codel_qd_stats).</summary>
public struct FqCodelStatistics
{
    public int MaxPacket;
    public long DropOverlimit;
    public long EcnMark;
    public long NewFlowCount;
    public long CeMark;
}
