using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>One endpoint of an EndpointSlice.</summary>
public sealed record ServiceEndpoint(
    IReadOnlyList<InternetAddress> Addresses, bool IsReady, string? NodeName, string? Hostname, string? PodName);
