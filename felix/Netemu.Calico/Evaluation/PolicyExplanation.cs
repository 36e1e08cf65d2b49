using System.Collections.Generic;

namespace Netemu.Calico.Evaluation;

/// <summary>A verdict with every rule that was asked before it was found, in order.</summary>
public sealed record PolicyExplanation(PolicyEndpoint Endpoint, PolicyVerdict Verdict, IReadOnlyList<ExplanationStep> Steps);
