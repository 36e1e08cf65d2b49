namespace Netemu.Felix.Rendering;

/// <summary>`-m mark [!] --mark VALUE/MASK`.</summary>
public readonly record struct MarkMatch(uint Value, uint Mask, bool IsNegated = false)
{
    /// <summary>All bits of the mask are clear.</summary>
    public static MarkMatch Clear(uint mask) => new(0, mask);

    /// <summary>All bits of the mask are set.</summary>
    public static MarkMatch Set(uint mask) => new(mask, mask);

    /// <summary>Some bit of the mask is set.</summary>
    public static MarkMatch NotClear(uint mask) => new(0, mask, true);

    public override string ToString() => $"-m mark {(IsNegated ? "! " : string.Empty)}--mark 0x{Value:x}/0x{Mask:x}";
}
