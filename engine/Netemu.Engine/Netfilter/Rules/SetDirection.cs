namespace Netemu.Engine.Netfilter.Rules;

/// <summary>Whether a dimension of a set is compared with the packet's source or destination.</summary>
public enum SetDirection : byte
{
    Source,
    Destination,
}
