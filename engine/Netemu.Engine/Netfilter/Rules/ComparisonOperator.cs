namespace Netemu.Engine.Netfilter.Rules;

/// <summary>How a TTL or hop limit is compared.</summary>
public enum ComparisonOperator : byte
{
    Equal,
    NotEqual,
    Less,
    Greater,
}
