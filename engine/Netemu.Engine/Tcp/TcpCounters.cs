namespace Netemu.Engine.Tcp;

/// <summary>What TCP of one namespace has done, by the names of /proc/net/snmp and netstat.</summary>
public struct TcpCounters
{
    public long ActiveOpens;
    public long PassiveOpens;
    public long AttemptFails;
    public long EstabResets;
    public long InSegs;
    public long OutSegs;
    public long RetransSegs;
    public long InErrs;
    public long InCsumErrors;
    public long OutRsts;
    public long ListenOverflows;
    public long DelayedAcks;
    public long ChallengeAcks;
    public long PawsRejected;
    public long Timeouts;
    public long FastRetransmits;
    public long WindowProbes;
    public long KeepAlives;
    public long Md5Failures;
    public long TimeWaits;
    public long OutOfOrder;
    public long LossProbes;
    public long CongestionMarks;
    public long OutOfWindowIcmps;
}
