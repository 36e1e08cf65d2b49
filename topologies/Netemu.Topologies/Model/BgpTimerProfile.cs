namespace Netemu.Topologies.Model;

/// <summary>A daemon whose default timers are taken.</summary>
public enum BgpTimerProfile : byte
{
    Rfc4271,
    CalicoBird,
    Bird,
    Frr,
    FrrDatacenter,
}
