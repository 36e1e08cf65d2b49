using System.Collections.Generic;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Evaluation;

/// <summary>One change that would turn a verdict around: what to do, and the resources after it.</summary>
public sealed record ReachSuggestion(string Description, PolicyVerdict Verdict, IReadOnlyList<Resource> Resources);
