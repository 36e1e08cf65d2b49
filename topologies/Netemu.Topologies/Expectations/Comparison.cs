namespace Netemu.Topologies.Expectations;

/// <summary>How an observed value is compared with the expected one.</summary>
public enum Comparison : byte
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    /// <summary><c>A..B</c>, both included.</summary>
    Between,

    /// <summary>Nothing was written: the value must be absent.</summary>
    Absent,
}
