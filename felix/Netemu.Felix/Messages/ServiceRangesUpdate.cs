using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Felix.Messages;

/// <summary>The ranges of Services that BGP announces: what kube-proxy leaves undone inside them is not forwarded.</summary>
public sealed record ServiceRangesUpdate(IReadOnlyList<InternetPrefix> Ranges) : DataplaneMessage;
