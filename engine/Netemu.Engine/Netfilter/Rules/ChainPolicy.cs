namespace Netemu.Engine.Netfilter.Rules;

/// <summary>The verdict at the end of a base chain.</summary>
public enum ChainPolicy : byte
{
    Accept,
    Drop,
}
