namespace Netemu.Engine.Filtering;

/// <summary>The five places where netfilter sees a packet (NF_INET_*).</summary>
public enum HookPoint : byte
{
    Prerouting,
    LocalIn,
    Forward,
    LocalOut,
    Postrouting,
}
