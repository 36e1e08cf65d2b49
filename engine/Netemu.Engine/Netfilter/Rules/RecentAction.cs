namespace Netemu.Engine.Netfilter.Rules;

/// <summary>What `-m recent` does with the address.</summary>
public enum RecentAction : byte
{
    Set,
    Check,
    Update,
    Remove,
}
