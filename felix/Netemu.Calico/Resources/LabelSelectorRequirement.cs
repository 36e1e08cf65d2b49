using System.Collections.Generic;

namespace Netemu.Calico.Resources;

/// <summary>A line of a Kubernetes label selector's matchExpressions.</summary>
public sealed record LabelSelectorRequirement(string Key, LabelSelectorOperator Operator, IReadOnlyList<string> Values);
