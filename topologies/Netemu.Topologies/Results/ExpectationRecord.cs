using Netemu.Topologies.Expectations;

namespace Netemu.Topologies.Results;

/// <summary>One expectation with its verdict. <see cref="Index"/> is the step's.</summary>
public sealed record ExpectationRecord(int Index, string File, int Line, string Text, bool Passed, ObservedValue Observed);
