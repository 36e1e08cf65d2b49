using System.Collections.Generic;

namespace Netemu.Calico.Selectors;

/// <summary>
/// What labels must at least be for a selector to match: <paramref name="Key"/> is present and, if
/// <paramref name="Values"/> is given, has one of those values. An index files a selector under it.
/// </summary>
public sealed record LabelRestriction(string Key, IReadOnlyList<string>? Values);
