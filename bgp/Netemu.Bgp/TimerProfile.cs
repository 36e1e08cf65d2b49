namespace Netemu.Bgp;

/// <summary>Whose default timers a speaker has.</summary>
public enum TimerProfile : byte
{
    /// <summary>The values that RFC 4271 section 10 suggests.</summary>
    Rfc4271,

    /// <summary>BIRD 2's.</summary>
    Bird,

    /// <summary>BIRD as Calico configures it.</summary>
    CalicoBird,

    /// <summary>FRR's "defaults traditional".</summary>
    Frr,

    /// <summary>FRR's "defaults datacenter".</summary>
    FrrDatacenter,
}
