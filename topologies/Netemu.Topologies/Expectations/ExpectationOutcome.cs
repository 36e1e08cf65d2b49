using System.Collections.Generic;

namespace Netemu.Topologies.Expectations;

/// <summary>
/// The verdict on one expectation: its text, what was seen under the keys it names, and each difference with its path.
/// </summary>
public sealed record ExpectationOutcome(bool Passed, string Text, ObservedValue Observed, IReadOnlyList<string> Differences);
