using System.Collections.Generic;
using Netemu.Calico.Selectors;

namespace Netemu.Calico.Resources;

/// <summary>Service accounts by name and by label; both must hold where both are given.</summary>
public sealed record ServiceAccountMatch(IReadOnlyList<string> Names, Selector? Selector);
