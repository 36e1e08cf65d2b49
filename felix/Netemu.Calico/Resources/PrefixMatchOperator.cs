namespace Netemu.Calico.Resources;

/// <summary>How a filter rule compares a route's prefix with its own.</summary>
public enum PrefixMatchOperator : byte
{
    Equal,
    NotEqual,
    In,
    NotIn,
}
