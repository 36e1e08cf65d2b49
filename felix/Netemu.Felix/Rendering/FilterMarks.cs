namespace Netemu.Felix.Rendering;

/// <summary>The packet mark bits in which verdicts travel between chains: the first four of the mask 0xffff0000.</summary>
public static class FilterMarks
{
    public const uint Accept = 0x0001_0000;

    /// <summary>The tier passed the packet on.</summary>
    public const uint Pass = 0x0002_0000;

    /// <summary>Scratch: the packet came from a workload (raw); all match blocks of a rule hold so far (elsewhere).</summary>
    public const uint Scratch0 = 0x0004_0000;

    /// <summary>Scratch: the current match block holds.</summary>
    public const uint Scratch1 = 0x0008_0000;

    public const uint All = Accept | Pass | Scratch0 | Scratch1;
}
