namespace Netemu.Calico.Resources;

/// <summary>A change that an accepting filter rule makes: exactly one of the three is given.</summary>
public sealed record BgpFilterOperation(string? AddCommunity, uint? PrependAsPath, int? SetPriority);
