using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>A port that host endpoint policy cannot close, for one peer prefix or for all.</summary>
public readonly record struct FailsafePort(IPProtocol Protocol, ushort Port, InternetPrefix? Net = null);
