namespace Netemu.Calico.Selectors;

/// <summary>The operators that look into a label's value.</summary>
internal enum SubstringOperator : byte
{
    Contains,
    StartsWith,
    EndsWith,
}
