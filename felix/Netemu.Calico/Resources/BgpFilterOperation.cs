using System.Collections.Generic;

namespace Netemu.Calico.Resources;

/// <summary>
/// A change that an accepting filter rule makes: exactly one of the three is given. <paramref name="PrependAsPath"/> is what
/// the path begins with afterwards.
/// </summary>
public sealed record BgpFilterOperation(string? AddCommunity, IReadOnlyList<uint> PrependAsPath, int? SetPriority);
