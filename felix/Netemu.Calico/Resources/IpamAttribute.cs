using Netemu.Calico.Selectors;

namespace Netemu.Calico.Resources;

/// <summary>Who holds one or more addresses of a block: the handle to release them by, and what it stands for.</summary>
public sealed record IpamAttribute(string? HandleId, LabelSet Secondary);
