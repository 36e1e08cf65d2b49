namespace Netemu.Engine.Netfilter.Sets;

/// <summary>What the members of an IP set are.</summary>
public enum SetType : byte
{
    HashIP,
    HashNet,
    HashIPPort,
    HashNetPort,
    HashIPPortIP,
    HashNetNet,
    ListSet,
}
