namespace Netemu.Calico.Selectors;

/// <summary>Why a selector's text cannot be read; <paramref name="Offset"/> counts characters from 0.</summary>
public readonly record struct SelectorError(int Offset, string Message)
{
    public override string ToString() => $"{Message} at character {Offset + 1}";
}
