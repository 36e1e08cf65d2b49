using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>Communities (by value or name) for the routes inside a prefix.</summary>
public sealed record PrefixAdvertisement(InternetPrefix Cidr, IReadOnlyList<string> Communities);
